import { readMappings } from '../../memory/process-memory.ts';
import type { Detection } from '../../model/target.ts';
import type { Runtime } from '../runtime.ts';
import { census } from './census.ts';
import { findPythonImage } from './image.ts';
import { openSession } from './vitals.ts';

/** CPython 3.8 to 3.13, GIL builds, x86-64 Linux with glibc. */
export const cpython: Runtime = {
  name: 'cpython',
  detect(process): Detection | undefined {
    const image = findPythonImage(process, readMappings(process));
    return image && { runtime: 'cpython', version: image.version };
  },
  open: openSession,
  census,
};
