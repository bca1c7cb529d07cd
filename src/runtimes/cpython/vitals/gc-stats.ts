// struct gc_generation_stats of Include/internal/pycore_gc.h (pycore_interp_structs.h from 3.14): three counters up to
// 3.14; from 3.15 with times around them, in rings of the last collections: struct gc_stats holds 11 of generation 0,
// then twice 3 of the older ones, each ring followed by the index of its newest item (one byte, padded to 8).

import type { ProcessMemory } from '../../../memory/process-memory.ts';
import { ReadFailure } from '../../../model/failure.ts';
import { vanished } from '../../vanished.ts';
import type { GcLayout } from '../layouts/layout.ts';

/** Of one generation, cumulative. */
export interface GenerationStats {
  readonly collections: number;
  readonly collected: number;
  readonly uncollectable: number;
  /** From 3.15 on: the time that collections took. */
  readonly seconds?: number;
}

const plainBytes = 24;
const ringItemBytes = 64;
const ringLengths = [11, 3, 3];
const ringsBytes = ringLengths.reduce((sum, length) => sum + length * ringItemBytes + 8, 0);

/** 30 years. */
const mostSeconds = 1e9;

/** Of generations 0, 1, 2. Throws `gone`, `unreadable`, or `busy` when they are just being made or written. */
export function readGenerationStats(
  memory: ProcessMemory,
  address: number,
  form: GcLayout['statsForm'],
): GenerationStats[] {
  if (form === 'rings') {
    const rings = memory.readWord(address);
    if (rings === 0) throw new ReadFailure('busy', 'an interpreter is just being made or ended');
    return readRings(memory, rings ?? 0);
  }
  const stats = readAll(memory, address, 3 * plainBytes);
  return [0, 1, 2].map((generation) => parseCounters(stats, generation * plainBytes));
}

function readRings(memory: ProcessMemory, address: number): GenerationStats[] {
  const rings = readAll(memory, address, ringsBytes);
  let at = 0;
  return ringLengths.map((length) => {
    const index = rings.readInt8(at + length * ringItemBytes);
    if (index < 0 || index >= length) {
      throw new ReadFailure('busy', "the collector's statistics are just being written");
    }
    const item = at + index * ringItemBytes;
    at += length * ringItemBytes + 8;
    // Behind ts_start and ts_stop; then candidates, duration.
    const seconds = rings.readDoubleLE(item + 48);
    if (!(seconds >= 0 && seconds <= mostSeconds)) {
      throw new ReadFailure('unreadable', 'collections cannot have taken that long: what was read is not their times');
    }
    return { ...parseCounters(rings, item + 16), seconds };
  });
}

function parseCounters(stats: Buffer, at: number): GenerationStats {
  return {
    collections: Number(stats.readBigUInt64LE(at)),
    collected: Number(stats.readBigUInt64LE(at + 8)),
    uncollectable: Number(stats.readBigUInt64LE(at + 16)),
  };
}

function readAll(memory: ProcessMemory, address: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (memory.read(address, bytes, 0, length) < length) {
    throw vanished(memory);
  }
  return bytes;
}
