import { readMappings } from '../../../memory/process-memory.ts';
import type { AbortFlag, Census } from '../../../model/census.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { causeOf } from '../../vanished.ts';
import { attach } from '../attach.ts';
import { readConstants } from '../constants.ts';
import { collectsWithoutRest } from './collections.ts';
import { scanHeap } from './heap-scan.ts';

/** Scanning as much takes about 4 s of one core, which is what a census every 10 minutes may cost. */
const defaultMostHeapBytes = 8 * 2 ** 30;
/**
 * A collection of the whole heap moves objects: a scan that meets one is begun again when that has ended, which leaves it
 * the longest time until the next. Once, or for as long as this.
 */
const attempts = 10;
const mostRepeatMs = 10_000;
/**
 * One of the new generation makes objects old, which are missed then. Node.js collects once more when a program has become
 * idle: what is quick to read is read again, but of a process that is busy it would be the same every time.
 */
const quickAttempts = 10;
const quickMs = 500;
/** Pages that a collection has given back meanwhile, as a share of all: what they held may be counted twice, or never. */
const mostMovedRatio = 0.02;

/**
 * Counts objects per type by walking V8's pages, one object behind the other in the order of their addresses: no pointer
 * is followed from object to object, so a process that changes meanwhile costs a little accuracy and never the way.
 * Of a heap beyond `mostHeapBytes` every second, third... page is looked at, and the counts are scaled up.
 */
export function census(process: ProcessRef, abort: AbortFlag, mostHeapBytes = defaultMostHeapBytes): Census {
  const takenAtSeconds = Date.now() / 1000;
  const began = performance.now();
  const node = attach(process);
  try {
    const constants = readConstants(process, readMappings(process), node.image.path);
    for (let attempt = 1; ; attempt++) {
      const mayRepeat = attempt < attempts && (attempt === 1 || performance.now() - began < mostRepeatMs);
      const scan = scanHeap(node, constants, { abort, mostHeapBytes, endsOnCollection: mayRepeat });
      const isUncertain = scan.hasMoved || (scan.isLost && scan.hasCollected);
      if (isUncertain && mayRepeat) continue;
      const elapsedMs = performance.now() - began;
      if (scan.hasCollected && attempt < quickAttempts && elapsedMs < quickMs) continue;
      if (scan.movedBytes > scan.scannedBytes * mostMovedRatio) throw collectsWithoutRest();
      if (scan.isLost) throw scan.hasCollected ? collectsWithoutRest() : incomprehensible(scan);
      return {
        takenAtSeconds,
        durationSeconds: (performance.now() - began) / 1000,
        objects: scan.types.reduce((sum, row) => sum + row.count, 0),
        bytes: scan.types.reduce((sum, row) => sum + row.bytes, 0),
        types: scan.types,
        quality: {
          skippedRatio: (scan.skippedBytes + scan.movedBytes) / Math.max(1, scan.scannedBytes + scan.skippedBytes),
          scannedBytes: scan.scannedBytes,
          ...(scan.sampledRatio < 1 && { sampledRatio: scan.sampledRatio }),
        },
        spaceUsedBytes: {},
        spaceCommittedBytes: {},
      };
    }
  } catch (error) {
    throw causeOf(error, node.memory);
  } finally {
    node.memory.close();
  }
}

function incomprehensible({ scannedBytes, skippedBytes }: { scannedBytes: number; skippedBytes: number }): ReadFailure {
  return new ReadFailure(
    'unreadable',
    `of ${scannedBytes} bytes of V8's heap ${skippedBytes} could not be understood: does this build of Node.js lay ` +
      'objects out otherwise than its version does? no counts are given',
  );
}
