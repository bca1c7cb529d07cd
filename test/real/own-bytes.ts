import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that this process uses, after everything else was collected. */
export async function ownBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await setImmediate(); // buffers are freed by a task of their own
  // What the first has found dead is swept, and counted, by the second.
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
