import { expect, test } from 'vitest';
import { type PerfData, readPerfData } from '../../../../src/runtimes/hotspot/perf-data/perf-data-source.ts';
import { readCollectors } from '../../../../src/runtimes/hotspot/vitals/collectors.ts';
import { readHeapSpaces } from '../../../../src/runtimes/hotspot/vitals/heap-spaces.ts';
import { createLiveFloor } from '../../../../src/runtimes/hotspot/vitals/live-floor.ts';
import { g1Values, perfDataBytes } from '../perf-data-bytes.ts';

/** Performance data whose bytes the test may replace. */
function dataOf(bytes: Buffer): PerfData & { replace(other: Buffer): void } {
  let current = bytes;
  const data = readPerfData({
    bytes: bytes.length,
    fill: (into) => current.copy(into),
    close: () => undefined,
  });
  data.read();
  return Object.assign(data, {
    replace(other: Buffer) {
      current = other;
      data.read();
    },
  });
}

test('spaces of G1 are told without the eight bytes that it adds to each', () => {
  expect(readHeapSpaces(dataOf(perfDataBytes(g1Values)))).toEqual({
    used: { eden: 31_457_280, survivor: 1000, old: 22_264_944 },
    committed: { eden: 49_283_072, survivor: 1_048_576, old: 31_457_280 },
    limitBytes: 2 ** 28,
  });
});

test('the limits of generations with fixed borders are added', () => {
  const data = dataOf(
    perfDataBytes({
      'sun.gc.policy.name': 'Copy:MSC',
      'sun.gc.generation.0.maxCapacity': 89_456_640,
      'sun.gc.generation.1.maxCapacity': 178_978_816,
    }),
  );
  expect(readHeapSpaces(data).limitBytes).toBe(2 ** 28);
});

test('collectors are known by the names they give themselves, and others are left out', () => {
  const data = dataOf(perfDataBytes({ ...g1Values, 'sun.gc.collector.1.name': 'constructor' }));
  expect(readCollectors(data)).toEqual([
    { gc: 'young', collections: 3, pauseSeconds: 0.004, full: false, lastEndSeconds: 2 },
  ]);
});

test('a number that cannot be a count or a size is not known', () => {
  const data = dataOf(perfDataBytes({ below: -1, beyond: 2 ** 60, right: 2 ** 40 }));
  expect(['below', 'beyond', 'right'].map((name) => data.number(name))).toEqual([undefined, undefined, 2 ** 40]);
});

test('entries that are added later are found, and values that change are read anew', () => {
  const data = dataOf(perfDataBytes({ first: 1 }));
  data.replace(perfDataBytes({ first: 2 }));
  expect(data.number('first')).toBe(2);
  data.replace(perfDataBytes({ other: 5, first: 3 }));
  expect([data.number('first'), data.number('other')]).toEqual([3, 5]);
});

test('the live floor is what was left by the last full collection, and stays until the next one', () => {
  const follow = createLiveFloor();
  const serial = { 'sun.gc.policy.name': 'Copy:MSC' };
  const floorOf = (changes: Readonly<Record<string, number | string>>) => {
    const data = dataOf(perfDataBytes({ ...g1Values, ...serial, ...changes }));
    return follow(data, readHeapSpaces(data), readCollectors(data));
  };
  const first = { bytes: 22_265_944, atSeconds: 1_700_000_003 };
  expect(floorOf({})).toEqual(first);
  const young = { 'sun.gc.collector.0.lastExitTime': 4_000_000_000, 'sun.gc.generation.1.space.0.used': 25_000_000 };
  expect(floorOf(young)).toEqual(first);
  const full = { 'sun.gc.collector.1.invocations': 2, 'sun.gc.collector.1.lastExitTime': 5_000_000_000 };
  expect(floorOf({ ...young, ...full, 'sun.gc.cause': 'Allocation Failure' })).toEqual(first);
  expect(floorOf({ ...young, ...full })).toEqual({ bytes: 25_001_000, atSeconds: 1_700_000_005 });
});

test('the live floor is not known while no full collection has been seen, or others came after it', () => {
  for (const changes of [
    { 'sun.gc.collector.1.invocations': 0, 'sun.gc.collector.1.lastExitTime': 0 },
    { 'sun.gc.policy.name': 'Copy:MSC', 'sun.gc.collector.0.lastExitTime': 4_000_000_000 },
    {}, // large objects may have come into the old generation of G1
  ]) {
    const data = dataOf(perfDataBytes({ ...g1Values, ...changes }));
    expect(createLiveFloor()(data, readHeapSpaces(data), readCollectors(data))).toBeUndefined();
  }
});

test('a live floor of G1 is of no use any more when other collections have gone on for 15 minutes', () => {
  const follow = createLiveFloor();
  const floorAt = (fullCollections: number, youngEndSeconds: number) => {
    const collectors = {
      'sun.gc.collector.0.lastExitTime': youngEndSeconds * 1e9,
      'sun.gc.collector.1.invocations': fullCollections,
    };
    const data = dataOf(perfDataBytes({ ...g1Values, ...collectors }));
    return follow(data, readHeapSpaces(data), readCollectors(data));
  };
  floorAt(0, 2);
  expect(floorAt(1, 2)).toEqual({ bytes: 22_265_944, atSeconds: 1_700_000_003 });
  expect(floorAt(1, 903)).toBeDefined();
  expect(floorAt(1, 904)).toBeUndefined();
});

test.each([
  ['a JVM that starts', perfDataBytes({}, { accessible: 0 }), 'busy'],
  ['another version', perfDataBytes({}, { major: 3 }), 'unsupported'],
  ['an empty file', Buffer.alloc(0), 'unreadable'],
  ['something else', Buffer.alloc(32 * 1024), 'unreadable'],
  ['a file that is cut', perfDataBytes(g1Values).subarray(0, 500), 'unreadable'],
])('%s is refused: %#', (_, bytes, kind) => {
  expect(() => dataOf(bytes)).toThrow(expect.objectContaining({ kind }));
});
