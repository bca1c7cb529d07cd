import { PageCache } from '../../memory/page-cache.ts';
import { readMappings } from '../../memory/process-memory.ts';
import type { AbortFlag, Census } from '../../model/census.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';
import { checkAbort } from '../abort.ts';
import { AllocationAreas, findYoungEnds } from './allocation-areas.ts';
import { type AttachedNode, attach } from './attach.ts';
import { type Constants, readConstants } from './constants.ts';
import { findIsolates, type Isolate } from './isolates.ts';
import { MapReader } from './maps.ts';
import { PageScan } from './page-scan.ts';
import { findPages, type HeapPage } from './pages.ts';
import { pause } from './pause.ts';
import { Tally } from './tally.ts';
import { bufferFields, PageWalk } from './walk.ts';

/** Scanning as much takes about 4 s of one core, which is what a census every 10 minutes may cost. */
const defaultMostHeapBytes = 8 * 2 ** 30;
/** A collection of the whole heap moves objects: a scan that met one is repeated. */
const attempts = 5;
/** Pages that a collection has given back meanwhile, as a share of all: what they held may be counted twice, or never. */
const mostMovedRatio = 0.02;
/** How long a collection of the whole heap may keep us waiting. */
const mostWaitMs = 5000;

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
      const scan = scanOnce(node, constants, abort, mostHeapBytes);
      const isUncertain = scan.movedBytes > 0 || (scan.isLost && scan.hasCollected);
      if (isUncertain && attempt < attempts) continue;
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

function scanOnce(node: AttachedNode, constants: Constants, abort: AbortFlag, mostHeapBytes: number) {
  const { memory, layout } = node;
  const skippedBefore = memory.swappedBytes + memory.lostBytes;
  const isolates = awaitQuietIsolates(node, abort);
  const pages = findPages(memory, readMappings(memory.process), isolates, layout, abort);
  const maps = new MapReader(new PageCache(memory), constants);
  const tally = new Tally((map, object) => maps.read(map, object));
  const walk = new PageWalk(tally, bufferFields(constants));
  const areas = new AllocationAreas(memory, isolates, pages, layout);
  const youngEnds = findYoungEnds(memory, isolates, pages, layout);
  const scan = new PageScan({ memory, walk, areas, youngEnds, abort });
  const isRegular = ({ generation, isLarge }: HeapPage) => generation === 'old' && !isLarge;
  const regular = pages.filter(isRegular);
  const sample = samplePages(regular, mostHeapBytes);
  scan.scan(sample);
  const sampledRatio = regular.length === 0 ? 1 : sample.length / regular.length;
  if (sampledRatio < 1) tally.scale(1 / sampledRatio);
  scan.scan(pages.filter((page) => !isRegular(page)));
  const now = findIsolates(node);
  const { fullCollections, collections } = layout.heap;
  return {
    types: tally.types(),
    scannedBytes: scan.scannedBytes,
    skippedBytes: walk.lostBytes + memory.swappedBytes + memory.lostBytes - skippedBefore,
    movedBytes: goneBytes(node, pages, changedHeaps(isolates, now, fullCollections), abort),
    isLost: scan.isLost,
    hasCollected: changedHeaps(isolates, now, collections).size > 0,
    sampledRatio,
  };
}

/** The heaps whose counter at an offset is another now, or that are no more. */
function changedHeaps(before: readonly Isolate[], now: readonly Isolate[], offset: number): Set<number> {
  const counts = new Map(now.map(({ heap, heapBytes }) => [heap, heapBytes.readUInt32LE(offset)]));
  const changed = before.filter(({ heap, heapBytes }) => counts.get(heap) !== heapBytes.readUInt32LE(offset));
  return new Set(changed.map(({ heap }) => heap));
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

/** The isolates, when none of them is in the middle of a collection, which moves objects. */
function awaitQuietIsolates(node: AttachedNode, abort: AbortFlag): Isolate[] {
  const until = performance.now() + mostWaitMs;
  for (;;) {
    checkAbort(abort);
    const isolates = findIsolates(node);
    if (isolates.every(({ heapBytes }) => heapBytes.readUInt32LE(node.layout.heap.state) === 0)) return isolates;
    if (performance.now() > until) throw collectsWithoutRest();
    pause(1);
  }
}

/** Pages of one age do not lie side by side: every n-th of them is a fair sample. */
function samplePages(pages: readonly HeapPage[], mostBytes: number): readonly HeapPage[] {
  const bytes = pages.reduce((sum, page) => sum + page.end - page.start, 0);
  const step = Math.ceil(bytes / Math.max(1, mostBytes));
  return step <= 1 ? pages : pages.filter((_, index) => index % step === 0);
}

function collectsWithoutRest(): ReadFailure {
  return new ReadFailure(
    'busy',
    'V8 collects garbage all the time, and moves objects while they are counted; is its heap too small?',
  );
}

function incomprehensible({ scannedBytes, skippedBytes }: { scannedBytes: number; skippedBytes: number }): ReadFailure {
  return new ReadFailure(
    'unreadable',
    `of ${scannedBytes} bytes of V8's heap ${skippedBytes} could not be understood: does this build of Node.js lay ` +
      'objects out otherwise than its version does? no counts are given',
  );
}
