import { expect, test } from 'vitest';
import type { ProcessMemory } from '../../../../src/memory/process-memory.ts';
import type { GcCounts } from '../../../../src/runtimes/hotspot/census/gc-watch.ts';
import { KeptRegions, sampleOf } from '../../../../src/runtimes/hotspot/census/kept-regions.ts';
import type { HeapArea } from '../../../../src/runtimes/hotspot/heaps/heap-area.ts';
import { countsOf, klasses, order, tallyOf } from '../heap-words.ts';

const [start, end] = [0x1000, 0x9000];
const gc: GcCounts = { begun: '1', full: 0, concurrent: 0 };

/** Reads as if every word held its own address. */
function memoryWith(changedAt = 0): ProcessMemory {
  const read = (address: number, into: Uint8Array, at: number, length: number) => {
    for (let byte = 0; byte < length; byte++) into[at + byte] = (address + byte) >>> 3;
    if (changedAt >= address && changedAt < address + length) into[at + changedAt - address]! ^= 1;
    return length;
  };
  return { read } as Partial<ProcessMemory> as ProcessMemory;
}

function areaTo(top: number): HeapArea {
  return { start, top, young: false, record: 0x100, recordBytes: 200 };
}

/** Two orders of an earlier census, from `start` to `end`. */
function kept(): KeptRegions {
  const tally = tallyOf();
  tally.mark();
  tally.count(Int32Array.from([...order, ...order]), 0, 12);
  const regions = new KeptRegions(tally.classes, gc);
  regions.keep(start, { end, sample: sampleOf(memoryWith(), start, end, areaTo(end)), counts: tally.part() });
  return regions;
}

test('what was counted is found again, under the ids of the later census', () => {
  const later = tallyOf();
  later.count(Int32Array.from([1, 0, 16, 0, ...order]), 0, 10); // classes in another order
  const part = kept().reader(memoryWith(), later, { ...gc, begun: '2' })(start, areaTo(end + 8));
  expect(part?.end).toBe(end);
  later.add(part!.counts);
  expect(countsOf(later)).toEqual({ Order: [3, 72], 'byte[]': [1, 16] });
});

test('what is kept is bounded in bytes, and said', () => {
  const regions = new KeptRegions(tallyOf().classes, gc);
  const counts = new Float64Array(3000);
  for (let at = 0; at < 10_000; at++) regions.keep(at * 8, { end: at * 8 + 8, sample: 0, counts });
  expect(regions.bytes).toBeGreaterThan(2 ** 26);
  expect(regions.bytes).toBeLessThan(2 ** 26 + 50_000);
});

test.each<[string, Parameters<typeof find>[0]]>([
  ['a full collection moves everything', { now: { ...gc, begun: '2', full: 1 } }],
  ['a concurrent cycle finds objects to be dead', { now: { ...gc, begun: '2', concurrent: 2 } }],
  ['the place has another content', { changedAt: start + 3 }],
  ['the JVM changed its record of the region', { changedAt: 0x100 + 197 }],
  ['a class has become another', { classes: { ...klasses, 8: { ...klasses[8]!, name: 'Invoice' } } }],
  ['a class is gone', { classes: {} }],
  ['another part begins there', { from: start + 8 }],
  ['the area ends before it', { top: end - 8 }],
])('it is not when %s', (_, change) => {
  expect(find({})).toBeDefined();
  expect(find(change)).toBeUndefined();
});

function find({ now = gc, changedAt = 0, classes = klasses, from = start, top = end }) {
  return kept().reader(memoryWith(changedAt), tallyOf(classes), now)(from, areaTo(top));
}
