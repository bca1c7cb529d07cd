// pymalloc's pools: struct pool_header of Objects/obmalloc.c (Include/internal/pycore_obmalloc.h from 3.12), 48 bytes:
// blocks in use (u32) at 0, size class at 36, offset of the first block never used at 40, largest such offset at 44.
import type { ProcessMemory } from '../../../memory/process-memory.ts';
import type { AbortFlag } from '../../../model/census.ts';
import { checkAbort } from '../../abort.ts';
import type { Arena } from '../arenas.ts';
import type { CpythonLayout } from '../layouts/layout.ts';
import type { Tally } from './tally.ts';

const chunkBytes = 256 * 1024;
export const poolHeaderBytes = 48;
const largestBlockBytes = 512;

export interface PoolScan {
  readonly scannedBytes: number;
  /** Pools in use whose header contradicts itself. */
  readonly refusedBytes: number;
}

/** What both scans work on. */
export interface ScanInput {
  readonly memory: ProcessMemory;
  readonly arenas: readonly Arena[];
  readonly layout: CpythonLayout;
  /** Where objects are counted. */
  readonly tally: Tally;
  readonly abort: AbortFlag;
  /** What debug hooks put before each object. */
  readonly prefixBytes: number;
}

/** Counts the objects in all arenas, in the order of their addresses. */
export function scanPools({ memory, arenas, layout, tally, abort, prefixBytes }: ScanInput): PoolScan {
  const bytes = new Uint8Array(chunkBytes);
  const words = new Int32Array(bytes.buffer);
  let scannedBytes = 0;
  let refusedPools = 0;
  for (const arena of arenas) {
    for (let from = arena.start; from < arena.end; from += chunkBytes) {
      checkAbort(abort);
      const length = Math.min(chunkBytes, arena.end - from);
      scannedBytes += memory.read(from, bytes, 0, length);
      for (let at = 0; at < length; at += layout.poolBytes) {
        if (!scanPool(words, at / 4, layout, tally, prefixBytes / 4)) refusedPools++;
      }
    }
  }
  return { scannedBytes, refusedBytes: refusedPools * layout.poolBytes };
}

/** False when the pool is in use but its header is not one. */
function scanPool(
  words: Int32Array,
  start: number,
  { poolBytes, blockAlignments }: CpythonLayout,
  tally: Tally,
  prefixWords: number,
): boolean {
  const blocksInUse = words[start]!;
  if (blocksInUse === 0) return true;
  const sizeClass = words[start + 9]!;
  const nextOffset = words[start + 10]!;
  const blockBytes = poolBytes - words[start + 11]!;
  const valid =
    sizeClass >= 0 &&
    blockBytes <= largestBlockBytes &&
    blockAlignments.includes(blockBytes / (sizeClass + 1)) &&
    nextOffset >= poolHeaderBytes &&
    nextOffset <= poolBytes;
  if (!valid) return false;
  const blockWords = blockBytes / 4;
  const end = start + nextOffset / 4;
  for (let at = start + poolHeaderBytes / 4; at + blockWords <= end; at += blockWords) {
    tally.countBlock(words, at, blockBytes, prefixWords);
  }
  return true;
}
