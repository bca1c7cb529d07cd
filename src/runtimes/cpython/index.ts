import { ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { Detection, ProcessRef } from '../../model/target.ts';
import type { Runtime } from '../runtime.ts';
import { census } from './census.ts';
import { findPythonImage, type PythonImage } from './image.ts';
import { readVersionText } from './python-version.ts';
import { openSession } from './vitals.ts';

/** CPython 3.8 to 3.13, GIL builds, x86-64 Linux with glibc. */
export const cpython: Runtime = {
  name: 'cpython',
  detect(process): Detection | undefined {
    const image = findPythonImage(process, readMappings(process));
    return image && { runtime: 'cpython', version: patchLevel(process, image) ?? image.version };
  },
  open: openSession,
  census,
};

function patchLevel(process: ProcessRef, image: PythonImage): string | undefined {
  if (/\.\d+\./.test(image.version)) return image.version;
  let memory: ProcessMemory | undefined;
  try {
    memory = new ProcessMemory(process);
    return readVersionText(memory, image);
  } catch (error) {
    if (error instanceof ReadFailure) return undefined; // what forbids us to read is told by `open`
    throw error;
  } finally {
    memory?.close();
  }
}
