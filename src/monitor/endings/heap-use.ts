import type { TargetWatch } from '../target-watch.ts';
import type { HeapUse } from './ending-finding.ts';

/**
 * V8's limit is that of the old generation and three semi-spaces of 16 MiB, unless --max-semi-space-size says otherwise;
 * it gives up when the old generation is full.
 */
const V8_YOUNG_BYTES = 48 * 1024 * 1024;

/** Of several heaps that which is nearest to its limit; undefined where one of the two figures is not known. */
export function heapUse({ target, vitals, liveFloor }: TargetWatch): HeapUse | undefined {
  const { limitBytes, bindingHeap } = vitals?.heap ?? {};
  const wholeBytes = bindingHeap?.limitBytes ?? limitBytes;
  const usedBytes = bindingHeap ? bindingHeap.liveBytes : liveFloor?.bytes;
  if (wholeBytes === undefined || usedBytes === undefined) return undefined;
  if (target.runtime !== 'nodejs') return { bytes: wholeBytes, usedBytes };
  const { usedBytes: allBytes, spaceUsedBytes } = vitals?.heap ?? {};
  const youngBytes = spaceUsedBytes?.new;
  // Of several heaps only the sum is known.
  const isKnown = bindingHeap === undefined && allBytes !== undefined && youngBytes !== undefined;
  return {
    bytes: Math.max(1, wholeBytes - V8_YOUNG_BYTES),
    usedBytes,
    ...(isKnown && { oldBytes: allBytes - youngBytes }),
  };
}
