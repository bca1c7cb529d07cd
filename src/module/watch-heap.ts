import { isMainThread } from 'node:worker_threads';
import type { CensusTaker } from '../census/census-taker.ts';
import { startCensusTaker } from '../census/worker-census-taker.ts';
import type { TargetSnapshot } from '../model/snapshot.ts';
import { findOwnTarget, type OwnTarget } from '../monitor/discovery/own-target.ts';
import { observeGc } from './gc-observer.ts';
import { fillMeter } from './meter-output.ts';
import { type CheckedOptions, checkOptions, type HeapWatchOptions } from './options.ts';
import type { Output } from './output.ts';
import { createOwnHeap } from './own-heap.ts';
import { fillRegistry } from './registry-output.ts';
import { watchSelf } from './self-watch.ts';

/** A heap that is being watched. */
export interface HeapWatch {
  /** What is known now: not older than a second; the census as of `census.takenAtSeconds`. */
  snapshot(): TargetSnapshot;
  /** Stops everything and takes back what was added to the registry and the meter. Idempotent. */
  close(): Promise<void>;
}

/**
 * Watches the heap of this process (in a worker thread: of this thread) until it is closed, and never keeps the process
 * alive. Garbage collections are counted from now on. Throws when the registry has heapwatch's metrics already.
 *
 * @example watchHeap({ register: promClient.register })
 */
export function watchHeap(options: HeapWatchOptions = {}): HeapWatch {
  const checked = checkOptions(options);
  const self = findOwnTarget({ runtime: 'nodejs', version: process.versions.node });
  const censusTaker = startOwnCensusTaker(checked, self);
  const outputs: Output[] = [];
  const gc = observeGc((kind, seconds) => {
    for (const output of outputs) output.record(kind, seconds);
  });
  const watch = watchSelf({
    self,
    heap: createOwnHeap({ gc, readsMemory: self.hasProcfs && isMainThread }),
    censusTaker,
    censusBudget: checked.census?.cpuBudget ?? 0,
    exportedTypes: checked.census?.types ?? 0,
    logger: checked.log,
  });
  let closed: Promise<void> | undefined;
  const close = async () => {
    gc.close();
    for (const output of outputs) output.close();
    watch.close();
    await censusTaker?.close();
  };
  try {
    const { register, meter, labels } = checked;
    if (register !== undefined) outputs.push(fillRegistry(register, watch, self.target, labels));
    if (meter !== undefined) outputs.push(fillMeter(meter, watch));
  } catch (error) {
    void close();
    throw error;
  }
  return {
    snapshot: () => watch.latest().targets[0]!,
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function startOwnCensusTaker({ census, log }: CheckedOptions, { hasProcfs }: OwnTarget): CensusTaker | undefined {
  if (census === undefined) return undefined;
  if (hasProcfs) return startCensusTaker({ asGuest: true });
  log.warn({}, 'heapwatch does not count objects per type here: that needs the /proc of Linux. All else is watched.');
  return undefined;
}
