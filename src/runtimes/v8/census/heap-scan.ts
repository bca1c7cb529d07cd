import { PageCache } from '../../../memory/page-cache.ts';
import type { AbortFlag } from '../../../model/census.ts';
import type { AttachedNode } from '../attach.ts';
import type { Constants } from '../constants.ts';
import { findIsolates } from '../isolates.ts';
import { MapReader } from '../types/maps.ts';
import { AllocationAreas } from './allocation-areas.ts';
import { awaitQuietIsolates, changedHeaps, hasFullCollectionBegun } from './collections.ts';
import { PageScan } from './page-scan.ts';
import { type HeapPage, listPages } from './pages.ts';
import { Tally } from './tally.ts';
import { bufferFields, PageWalk } from './walk.ts';
import { scanYoung } from './young-scan.ts';

const noYoungBytes = { scannedBytes: 0, missedBytes: 0 };

/** Its tables serve one census after the other: what each made anew would wait for a collection of our own heap. */
const tally = new Tally(nothing);

interface HeapScanInput {
  readonly abort: AbortFlag;
  readonly mostHeapBytes: number;
  /** Whether to give up as soon as a collection of the whole heap begins, as the scan will be repeated. */
  readonly endsOnCollection: boolean;
}

/** One look at all of the heap: what was counted, and whether a collection makes it doubtful. */
export function scanHeap(
  node: AttachedNode,
  constants: Constants,
  { abort, mostHeapBytes, endsOnCollection }: HeapScanInput,
) {
  const { memory, layout } = node;
  const cache = new PageCache(memory);
  const maps = new MapReader(cache, constants);
  tally.clear((map, object) => maps.read(map, object));
  try {
    const skippedBefore = memory.swappedBytes + memory.lostBytes;
    const isolates = awaitQuietIsolates(node, abort);
    const pages = listPages(node, isolates, abort);
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
    return {
      types: tally.types(),
      scannedBytes: scan.scannedBytes + young.scannedBytes,
      skippedBytes: walk.lostBytes + young.missedBytes + memory.swappedBytes + memory.lostBytes - skippedBefore,
      // Also where no page is gone: one that was given back may be in use again already. A collection is counted a moment
      // before it begins: one that was seen at work and not counted since had been when the pages were listed.
      hasMoved: collectedFully.size > 0 || (!hasCollected && scan.hasMetCollection),
      movedBytes: goneBytes(node, pages, collectedFully, abort),
      isLost: scan.isLost,
      hasCollected: hasCollected || scan.hasMetCollection || hasNewPages(node, pages, abort),
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
  const left = listPages(node, awaitQuietIsolates(node, abort), abort);
  const addresses = new Set(left.map(({ address }) => address));
  return pages
    .filter(({ heap, generation, address }) => heaps.has(heap) && generation === 'old' && !addresses.has(address))
    .reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Whether there are old pages now that were not there before. */
function hasNewPages(node: AttachedNode, pages: readonly HeapPage[], abort: AbortFlag): boolean {
  const known = new Set(pages.filter(({ generation }) => generation === 'old').map(({ address }) => address));
  const now = listPages(node, awaitQuietIsolates(node, abort), abort);
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
