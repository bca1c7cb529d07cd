import { expect, test } from 'vitest';
import { readPerfData } from '../../../../src/runtimes/hotspot/perf-data/perf-data-source.ts';
import { heapSizeOf } from '../../../../src/runtimes/hotspot/vitals/heap-size.ts';
import { perfDataBytes } from '../perf-data-bytes.ts';

function dataOf(values: Readonly<Record<string, number | string>>) {
  const bytes = perfDataBytes(values);
  const data = readPerfData({ bytes: bytes.length, fill: (into) => bytes.copy(into), close: () => undefined });
  data.read();
  return data;
}

const spaces = { used: { eden: 10, survivor: 2, old: 300 }, committed: { eden: 100, survivor: 20, old: 400 } };
const serial = { 'sun.gc.policy.name': 'Copy:MSC' };

test('what is read anew replaces what the last collection left', () => {
  expect(heapSizeOf(dataOf(serial), spaces, { used: { eden: 50, old: 310 } })).toEqual({
    usedBytes: 362,
    committedBytes: 520,
    spaceUsedBytes: { eden: 50, survivor: 2, old: 310 },
  });
});

test('an eden that is neither sampled nor seen is not known, nor is a sum with it', () => {
  expect(heapSizeOf(dataOf(serial), spaces, {})).toEqual({
    committedBytes: 520,
    spaceUsedBytes: { survivor: 2, old: 300 },
  });
  expect(heapSizeOf(dataOf({ ...serial, 'sun.os.hrt.ticks': 1 }), spaces, {})).toMatchObject({ usedBytes: 312 });
  expect(heapSizeOf(dataOf({ 'sun.gc.policy.name': 'GarbageFirst' }), spaces, {})).toMatchObject({ usedBytes: 312 });
});

test('a heap that is not divided has one space, and what is not told of it is absent', () => {
  const data = dataOf({});
  const whole = { used: { old: 300 }, committed: { old: 400 } };
  expect(heapSizeOf(data, whole, { usedBytes: 350, committedBytes: 500 })).toEqual({
    usedBytes: 350,
    committedBytes: 500,
    spaceUsedBytes: { old: 350 },
  });
  expect(heapSizeOf(data, { used: {}, committed: {} }, {})).toEqual({ spaceUsedBytes: {} });
});
