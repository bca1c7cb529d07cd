import { cpython } from './cpython/index.ts';
import { hotspot } from './hotspot/index.ts';
import type { Runtime } from './runtime.ts';

/** The explicit list: the first runtime whose `detect` answers is the target's. */
export const runtimes: readonly Runtime[] = [cpython, hotspot];
