import { cpython } from './cpython/index.ts';
import { hotspot } from './hotspot/index.ts';
import type { Runtime } from './runtime.ts';
import { v8 } from './v8/index.ts';

/** The explicit list: the first runtime whose `detect` answers is the target's. */
export const runtimes: readonly Runtime[] = [cpython, v8, hotspot];
