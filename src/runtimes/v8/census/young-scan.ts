import type { AbortFlag } from '../../../model/census.ts';
import type { AttachedNode } from '../attach.ts';
import { findIsolates } from '../isolates.ts';
import { awaitQuietIsolates, changedHeaps } from './collections.ts';
import type { PageScan } from './page-scan.ts';
import { type HeapPage, listPages } from './pages.ts';
import type { Tally } from './tally.ts';
import { findYoungEnds } from './young-pages.ts';

/** It takes some ms, and a busy process collects its new generation every few: a large one is soon given up. */
const attempts = 8;
const mostMs = 200;

interface YoungBytes {
  readonly scannedBytes: number;
  /** What a collection took elsewhere before it could be read. */
  readonly missedBytes: number;
}

/**
 * Counts the new generation's objects, of which each collection makes other pages: when one came in between, all that was
 * counted of them is forgotten and counted again. Of a process that collects without rest the last attempt has to do.
 */
export function scanYoung(
  node: AttachedNode,
  { scan, tally, pages }: { scan: PageScan; tally: Tally; pages: readonly HeapPage[] },
  abort: AbortFlag,
): YoungBytes {
  const { memory, layout } = node;
  const began = performance.now();
  let known = pages;
  for (let attempt = 1; ; attempt++) {
    const isolates = awaitQuietIsolates(node, abort);
    const ends = findYoungEnds(memory, isolates, known, layout);
    tally.clearYoung();
    const scannedBytes = ends === undefined ? 0 : scan.scanYoung(ends);
    const usedBytes = sumOf(ends ?? known.filter(isYoung).map((page) => [page, page.end]));
    const isWhole =
      ends !== undefined && changedHeaps(isolates, findIsolates(node), layout.heap.collections).size === 0;
    if (isWhole) return { scannedBytes, missedBytes: 0 };
    const isLast = attempt === attempts || performance.now() - began > mostMs;
    if (isLast) return { scannedBytes, missedBytes: usedBytes - scannedBytes };
    if (ends === undefined) known = listPages(node, isolates, abort);
  }
}

function sumOf(ends: Iterable<readonly [HeapPage, number]>): number {
  let bytes = 0;
  for (const [{ start }, end] of ends) bytes += end - start;
  return bytes;
}

function isYoung({ generation }: HeapPage): boolean {
  return generation === 'young';
}
