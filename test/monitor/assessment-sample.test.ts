import { expect, test } from 'vitest';
import type { Vitals } from '../../src/model/vitals.ts';
import { sampleOf } from '../../src/monitor/assessment-sample.ts';
import { readingOf } from '../../src/monitor/history/history.ts';
import { sampleTarget } from '../metrics/sample-snapshot.ts';

const vitals = sampleTarget().vitals!;
const { heap, cgroup } = vitals as Required<Vitals>;

function sample(more: Partial<Vitals> = {}) {
  const all = { ...vitals, ...more };
  return sampleOf(all, { process: '42', reading: readingOf(all), nodeBytes: 8e9, types: undefined });
}

test('a sample has the limits, what is outside the heap, and the state of the collector', () => {
  expect(sample()).toMatchObject({
    process: '42',
    atSeconds: vitals.atSeconds,
    heapUsedBytes: 61_000_000,
    cgroupLimitBytes: 200_000_000,
    workingSetBytes: 100_000_000,
    nodeBytes: 8e9,
    nativeBytes: 16_000_000,
    garbageObjects: 0,
    gcEnabled: true,
    fullCollections: 1,
  });
});

test('what is not known is absent', () => {
  const { heap: _, cgroup: __, ...bare } = vitals;
  const known = sampleOf(bare, { process: '42', reading: readingOf(bare), nodeBytes: undefined, types: undefined });
  const always = ['atSeconds', 'cpuSeconds', 'openFds', 'process', 'residentBytes', 'threads'];
  expect(Object.keys(known).sort()).toEqual(always);
});

test('of a cgroup and those around it the one counts whose limit is met first', () => {
  const bindingAncestor = { usageBytes: 3, workingSetBytes: 2, limitBytes: 4 };
  expect(sample({ cgroup: { ...cgroup, bindingAncestor } })).toMatchObject({ workingSetBytes: 2, cgroupLimitBytes: 4 });
});

test('the limit of one heap of several says nothing of the floor of all', () => {
  expect(sample({ heap: { ...heap, limitBytes: 7 } }).heapLimitBytes).toBe(7);
  const bindingHeap = { limitBytes: 5, liveBytes: 4 };
  expect(sample({ heap: { ...heap, limitBytes: 7, bindingHeap } })).not.toHaveProperty('heapLimitBytes');
});

test('of classes what counts against their limit, without one what they use; of direct buffers the limit', () => {
  const jvm = { ...heap, externalBytes: { metaspace: 30 } };
  const limits = { metaspace: { limitBytes: 100, usedBytes: 40 }, direct: { limitBytes: 200 } };
  const known = sample({ heap: { ...jvm, limits } });
  expect(known).toMatchObject({ metaspaceBytes: 40, metaspaceLimitBytes: 100, directLimitBytes: 200 });
  const { limits: _, ...unlimited } = jvm;
  const without = sample({ heap: unlimited });
  expect(without.metaspaceBytes).toBe(30);
  expect(without).not.toHaveProperty('metaspaceLimitBytes');
});

test('pauses of all kinds of collections add up', () => {
  const gc = [
    { gc: 'minor', collections: 2, pauseSeconds: 0.5, full: false },
    { gc: 'major', collections: 1, pauseSeconds: 0.25, full: true },
  ];
  expect(sample({ heap: { ...heap, gc } }).gcPauseSeconds).toBe(0.75);
  expect(sample()).not.toHaveProperty('gcPauseSeconds');
});

test('the sum of all other types is no type, and a type that is not listed is not gone', () => {
  const types = [
    { type: 'tuple', count: 1, bytes: 2 },
    { type: '(other)', count: 3, bytes: 4 },
  ];
  const known = sampleOf(vitals, { process: '42', reading: readingOf(vitals), nodeBytes: undefined, types });
  expect(known).toMatchObject({ types: [{ type: 'tuple', count: 1, bytes: 2 }], typesComplete: false });
});
