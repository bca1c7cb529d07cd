import { type ArenaFlag, type MallocChunks, minimumChunkBytes } from './malloc-chunks.ts';
import { type MemoryWindow, windowBytes } from './memory-window.ts';

/** How often a heap's end is looked up anew where its chain of chunks breaks: it may breathe all the time. */
const mostLooksAtEnd = 8;
const looksFromStart = 3;
/** How often a lost chain is sought far ahead: in a heap made of sizes that lead nowhere it would never end. */
const maxFarLooks = 65_536;

/** A heap of malloc, which may grow or shrink while it is walked. */
export interface MallocHeap {
  /** Of the first chunk. */
  readonly first: number;
  readonly end: number;
  readonly flag: ArenaFlag;
  /** Reads where it ends by now. */
  readonly endNow: () => number;
}

/** Counts the objects in all chunks of a heap. Answers where it ended, and the bytes where the chain of chunks was lost. */
export function walkHeap(heap: MallocHeap, window: MemoryWindow, chunks: MallocChunks): { end: number; lost: number } {
  const { first, flag } = heap;
  let end = heap.end;
  let lost = 0;
  let begun = false;
  let chained = false;
  let looksLeft = mostLooksAtEnd;
  let [checkpoint, nextCheckpoint] = [first, first];
  window.limitTo(end);
  for (let at = first; at + minimumChunkBytes <= end; ) {
    const size = chunks.size(at, end, flag);
    if (size === 0 && chained && looksLeft-- > 0) {
      end = heap.endNow();
      window.limitTo(end);
      window.forget();
      // The checkpoint may be no chunk any more: the last looks follow the chain from the heap's start.
      const joined = rejoin(looksLeft < looksFromStart ? first : checkpoint, at, { end, flag }, chunks);
      // Not joined: it changed once more meanwhile, so the next look may do; after the last one the chain is lost.
      chained = joined > 0 || looksLeft > 0;
      at = Math.max(at, joined);
      continue;
    }
    if (size === 0) {
      at += 16;
      chained = false;
      if (begun) lost += 16;
      continue;
    }
    // A chain is picked up again only where the next header is valid too.
    const next = at + size;
    if (!chained && next + minimumChunkBytes <= end && !chunks.isChunk(next, end, flag)) {
      if (chunks.farLooks > maxFarLooks) {
        lost += end - at;
        break;
      }
      at += 16;
      if (begun) lost += 16;
      continue;
    }
    begun = true;
    chained = true;
    if (at - nextCheckpoint > windowBytes) [checkpoint, nextCheckpoint] = [nextCheckpoint, at];
    // The top is free, and a free chunk may still hold what looks like an object: `realloc` leaves it there.
    if (next < end && chunks.isPreviousInUse(next)) chunks.count(at, size);
    at = next;
  }
  return { end, lost };
}

/**
 * The chain broke at `lost`: what lay before was read earlier, and chunks may have been split, merged or given back since.
 * Follows it again, as it is now, from a chunk some way back; answers the first that begins at or after `lost`, or 0.
 */
function rejoin(
  checkpoint: number,
  lost: number,
  { end, flag }: Pick<MallocHeap, 'end' | 'flag'>,
  chunks: MallocChunks,
): number {
  let at = checkpoint;
  while (at < lost) {
    const size = at + minimumChunkBytes <= end ? chunks.size(at, end, flag) : 0;
    if (size === 0) return 0;
    at += size;
  }
  return at;
}
