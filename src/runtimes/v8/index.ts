import { ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { Detection, ProcessRef } from '../../model/target.ts';
import type { Runtime } from '../runtime.ts';
import { census } from './census.ts';
import { findNodeImage, readFileVersion } from './image.ts';
import { readVersion } from './node-version.ts';
import { openSession } from './vitals.ts';

/** V8 in Node.js 18, 20, 22, 24 and 26, the builds of nodejs.org for x86-64 Linux with glibc. */
export const v8: Runtime = {
  name: 'nodejs',
  detect(process): Detection | undefined {
    const mappings = readMappings(process);
    const image = findNodeImage(process, mappings);
    return image && { runtime: 'nodejs', version: readFileVersion(process, mappings, image.path) ?? '' };
  },
  readVersion: readExactVersion,
  open: openSession,
  census,
};

/** Of a stripped build only the process's memory tells it. */
function readExactVersion(process: ProcessRef, detected: string): string {
  if (detected !== '') return detected;
  let memory: ProcessMemory | undefined;
  try {
    const image = findNodeImage(process, readMappings(process));
    if (image === undefined) return detected;
    memory = new ProcessMemory(process);
    return readVersion(memory, image);
  } catch (error) {
    if (error instanceof ReadFailure) return detected; // what forbids us to read is told by `open`
    throw error;
  } finally {
    memory?.close();
  }
}
