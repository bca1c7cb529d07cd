import { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { Detection, ProcessRef } from '../../model/target.ts';
import { mappingsOnce } from '../mappings-once.ts';
import type { Runtime } from '../runtime.ts';
import { census } from './census/census.ts';
import { findNodeImage, readFileVersion } from './image.ts';
import { readVersion } from './node-version.ts';
import { openSession } from './vitals/vitals.ts';

/** V8 in Node.js 18, 20, 22, 24 and 26, the builds of nodejs.org for x86-64 Linux with glibc. */
export const v8: Runtime = {
  name: 'nodejs',
  detect(process, mappings = mappingsOnce(process)): Detection | undefined {
    // What tells the version in the file costs tens of milliseconds to find: `readVersion` does better.
    return findNodeImage(process, mappings()) && { runtime: 'nodejs', version: '' };
  },
  readVersion: readExactVersion,
  open: openSession,
  census,
};

/** From the process's memory; from the file, in builds that are not stripped, where that may not be read. */
function readExactVersion(process: ProcessRef, _detected: string, getMappings = mappingsOnce(process)): string {
  let memory: ProcessMemory | undefined;
  try {
    const mappings = getMappings();
    const image = findNodeImage(process, mappings);
    if (image === undefined) return '';
    try {
      memory = new ProcessMemory(process);
      return readVersion(memory, image);
    } catch (error) {
      if (error instanceof ReadFailure) return readFileVersion(process, mappings, image.path) ?? '';
      throw error;
    }
  } catch (error) {
    if (error instanceof ReadFailure) return ''; // what forbids us to read is told by `open`
    throw error;
  } finally {
    memory?.close();
  }
}
