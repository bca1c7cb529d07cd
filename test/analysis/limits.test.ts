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
  const limits = assessLimits(sample, 200, { heap: 2, outside: 0 });
  expect(limits).toEqual([
    { limit: 'heap', bytes: 400, usedRatio: 0.5, etaSeconds: 100 },
    { limit: 'cgroup', bytes: 1000, usedRatio: 0.5 },
  ]);
  expect(bindingLimit(limits)?.limit).toBe('heap');
});

test('growth outside the heap reaches the container', () => {
  const limits = assessLimits(sample, 200, { heap: 0, outside: 2 });
  expect(bindingLimit(limits)).toEqual({ limit: 'cgroup', bytes: 1000, usedRatio: 0.5, etaSeconds: 250 });
});

test('a heap without a limit grows in its container', () => {
  const { heapLimitBytes: _, ...unbound } = sample;
  expect(bindingLimit(assessLimits(unbound, 200, { heap: 2, outside: 0 }))).toMatchObject({
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
  expect(assessLimits(sample, 450, { heap: 2, outside: 0 })[0]?.etaSeconds).toBe(0);
});

test('classes have a limit of their own, which may be reached before the container is full', () => {
  const limits = assessLimits({ ...sample, metaspaceBytes: 60, metaspaceLimitBytes: 100 }, 200, {
    heap: 0,
    outside: 2,
    metaspace: 2,
  });
  expect(limits).toContainEqual({ limit: 'metaspace', bytes: 100, usedRatio: 0.6, etaSeconds: 20 });
  expect(bindingLimit(limits)?.limit).toBe('metaspace');
});

test('classes without a limit fill the container', () => {
  const limits = assessLimits({ ...sample, metaspaceBytes: 60 }, 200, { heap: 0, outside: 2, metaspace: 2 });
  expect(bindingLimit(limits)).toMatchObject({ limit: 'cgroup', etaSeconds: 250 });
});

test('of direct buffers is known what they may take, and when they grow, when they take it at the latest', () => {
  const buffers = { ...sample, directLimitBytes: 300 };
  expect(assessLimits(buffers, 200, undefined)).toContainEqual({ limit: 'direct', bytes: 300 });
  const direct = { bytesPerSecond: 2, gainedBytes: 100 };
  const limits = assessLimits(buffers, 200, { heap: 0, outside: 2, direct });
  expect(bindingLimit(limits)).toEqual({ limit: 'direct', bytes: 300, etaSeconds: 100 });
});

test('what grows in the heap and outside of it reaches each limit in its own time', () => {
  const limits = assessLimits(sample, 200, { heap: 1, outside: 4 });
  expect(limits.map(({ limit, etaSeconds }) => [limit, etaSeconds])).toEqual([
    ['heap', 200],
    ['cgroup', 125],
  ]);
});
