import { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { Detection, ProcessRef } from '../../model/target.ts';
import { mappingsOnce } from '../mappings-once.ts';
import type { Runtime } from '../runtime.ts';
import { census } from './census/census.ts';
import { findPythonImage } from './image.ts';
import { isExact, readVersion } from './python-version.ts';
import { openSession } from './vitals/vitals.ts';

/** CPython 2.7 and 3.6 to 3.15, GIL builds, x86-64 Linux with glibc. */
export const cpython: Runtime = {
  name: 'cpython',
  detect(process, mappings = mappingsOnce(process)): Detection | undefined {
    const image = findPythonImage(process, mappings());
    return image && { runtime: 'cpython', version: image.version };
  },
  readVersion: readExactVersion,
  open: openSession,
  census,
};

function readExactVersion(process: ProcessRef, detected: string, mappings = mappingsOnce(process)): string {
  if (isExact(detected)) return detected;
  let memory: ProcessMemory | undefined;
  try {
    const image = findPythonImage(process, mappings());
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
