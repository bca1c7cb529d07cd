import { PageCache } from '../../../memory/page-cache.ts';
import { readMappings } from '../../../memory/process-memory.ts';
import type { AbortFlag, Census } from '../../../model/census.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { type AttachedNode, attach } from '../attach.ts';
import { type Constants, readConstants } from '../constants.ts';
import { findIsolates } from '../isolates.ts';
import { MapReader } from '../types/maps.ts';
import { AllocationAreas } from './allocation-areas.ts';
import { awaitQuietIsolates, changedHeaps, collectsWithoutRest, hasFullCollectionBegun } from './collections.ts';
import { PageScan } from './page-scan.ts';
import { findPages, type HeapPage } from './pages.ts';
import { Tally } from './tally.ts';
import { bufferFields, PageWalk } from './walk.ts';
import { scanYoung } from './young-scan.ts';

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

const noYoungBytes = { scannedBytes: 0, missedBytes: 0 };

/** Its tables serve one census after the other: what each made anew would wait for a collection of our own heap. */
const tally = new Tally(nothing);

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
      const scan = scanOnce(node, constants, { abort, mostHeapBytes, endsOnCollection: mayRepeat });
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
  } finally {
    node.memory.close();
  }
}

interface ScanInput {
  readonly abort: AbortFlag;
  readonly mostHeapBytes: number;
  /** Whether to give up as soon as a collection of the whole heap begins, as the scan will be repeated. */
  readonly endsOnCollection: boolean;
}

function scanOnce(node: AttachedNode, constants: Constants, { abort, mostHeapBytes, endsOnCollection }: ScanInput) {
  const { memory, layout } = node;
  const cache = new PageCache(memory);
  const maps = new MapReader(cache, constants);
  tally.clear((map, object) => maps.read(map, object));
  try {
    const skippedBefore = memory.swappedBytes + memory.lostBytes;
    const isolates = awaitQuietIsolates(node, abort);
    const pages = findPages(memory, readMappings(memory.process), isolates, layout, abort);
    const walk = new PageWalk(tally, bufferFields(constants));
    const scan = new PageScan({ node, walk, areas: new AllocationAreas(memory, isolates, pages, layout), abort });
    const goesOn = () => !endsOnCollection || !hasFullCollectionBegun(node, isolates);
    const old = pages.filter(({ generation }) => generation === 'old');
    const regular = old.filter(({ isLarge }) => !isLarge);
    const sample = samplePages(regular, mostHeapBytes);
    scan.scan(sample, goesOn);
    const sampledRatio = regular.length === 0 ? 1 : sample.length / regular.length;
    if (sampledRatio < 1) tally.scale(1 / sampledRatio);
    scan.scan(
      old.filter(({ isLarge }) => isLarge),
      goesOn,
    );
    // One that comes later only makes young objects old.
    const collectedFully = changedHeaps(isolates, findIsolates(node), layout.heap.fullCollections);
    scan.scan(pages.filter(({ generation }) => generation === 'shared'));
    const isRepeated = endsOnCollection && collectedFully.size > 0;
    const young = isRepeated ? noYoungBytes : scanYoung(node, { scan, tally, pages }, abort);
    const hasCollected = changedHeaps(isolates, findIsolates(node), layout.heap.collections).size > 0;
    // One is counted a moment before it begins: this one was counted already when the pages were listed.
    const hasMetCounted = !hasCollected && (scan.hasMetCollection || hasNewPages(node, pages, abort));
    return {
      types: tally.types(),
      scannedBytes: scan.scannedBytes + young.scannedBytes,
      skippedBytes: walk.lostBytes + young.missedBytes + memory.swappedBytes + memory.lostBytes - skippedBefore,
      // Also where no page is gone: one that was given back may be in use again already.
      hasMoved: collectedFully.size > 0 || (hasMetCounted && scan.hasMetCollection),
      movedBytes: goneBytes(node, pages, collectedFully, abort),
      isLost: scan.isLost,
      hasCollected: hasCollected || hasMetCounted,
      sampledRatio,
    };
  } finally {
    cache.close();
    tally.clear(nothing);
  }
}

/** Bytes of those heaps' old pages that are there no more: a collection has moved what was in them. */
function goneBytes(node: AttachedNode, pages: readonly HeapPage[], heaps: Set<number>, abort: AbortFlag): number {
  if (heaps.size === 0) return 0;
  const { memory, layout } = node;
  const isolates = awaitQuietIsolates(node, abort);
  const left = findPages(memory, readMappings(memory.process), isolates, layout, abort);
  const addresses = new Set(left.map(({ address }) => address));
  return pages
    .filter(({ heap, generation, address }) => heaps.has(heap) && generation === 'old' && !addresses.has(address))
    .reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Whether there are old pages now that were not there before. */
function hasNewPages(node: AttachedNode, pages: readonly HeapPage[], abort: AbortFlag): boolean {
  const { memory, layout } = node;
  const known = new Set(pages.filter(({ generation }) => generation === 'old').map(({ address }) => address));
  const now = findPages(memory, readMappings(memory.process), awaitQuietIsolates(node, abort), layout, abort);
  return now.some(({ generation, address }) => generation === 'old' && !known.has(address));
}

/** Pages of one age do not lie side by side: every n-th of them is a fair sample. */
function samplePages(pages: readonly HeapPage[], mostBytes: number): readonly HeapPage[] {
  const bytes = pages.reduce((sum, page) => sum + page.end - page.start, 0);
  const step = Math.ceil(bytes / Math.max(1, mostBytes));
  return step <= 1 ? pages : pages.filter((_, index) => index % step === 0);
}

function nothing(): undefined {
  return undefined;
}

function incomprehensible({ scannedBytes, skippedBytes }: { scannedBytes: number; skippedBytes: number }): ReadFailure {
  return new ReadFailure(
    'unreadable',
    `of ${scannedBytes} bytes of V8's heap ${skippedBytes} could not be understood: does this build of Node.js lay ` +
      'objects out otherwise than its version does? no counts are given',
  );
}
