import { expect, test } from 'vitest';
import { assessLimits, bindingLimit } from '../../src/analysis/limits.ts';

const sample = {
  atSeconds: 0,
  process: '1',
  residentBytes: 500,
  cpuSeconds: 0,
  threads: 1,
  heapLimitBytes: 400,
  cgroupLimitBytes: 1000,
};

test('growth in a heap with a limit reaches that limit, whatever is resident', () => {
  const limits = assessLimits(sample, 200, { bytesPerSecond: 2, inHeap: true });
  expect(limits).toEqual([
    { limit: 'heap', bytes: 400, usedRatio: 0.5, etaSeconds: 100 },
    { limit: 'cgroup', bytes: 1000, usedRatio: 0.5 },
  ]);
  expect(bindingLimit(limits)?.limit).toBe('heap');
});

test('growth outside the heap reaches the container', () => {
  const limits = assessLimits(sample, 200, { bytesPerSecond: 2, inHeap: false });
  expect(bindingLimit(limits)).toEqual({ limit: 'cgroup', bytes: 1000, usedRatio: 0.5, etaSeconds: 250 });
});

test('a heap without a limit grows in its container', () => {
  const { heapLimitBytes: _, ...unbound } = sample;
  expect(bindingLimit(assessLimits(unbound, 200, { bytesPerSecond: 2, inHeap: true }))).toMatchObject({
    limit: 'cgroup',
    etaSeconds: 250,
  });
});

test('page cache is not working set', () => {
  const limits = assessLimits({ ...sample, workingSetBytes: 300 }, undefined, undefined);
  expect(limits).toEqual([{ limit: 'cgroup', bytes: 1000, usedRatio: 0.3 }]);
});

test('when nothing grows the nearest limit binds, and nobody knows when', () => {
  const limits = assessLimits({ ...sample, nodeBytes: 2000 }, 390, undefined);
  expect(bindingLimit(limits)).toEqual({ limit: 'heap', bytes: 400, usedRatio: 0.975 });
  expect(bindingLimit([])).toBeUndefined();
});

test('a limit that is passed is reached now', () => {
  expect(assessLimits(sample, 450, { bytesPerSecond: 2, inHeap: true })[0]?.etaSeconds).toBe(0);
});
