import { expect, test } from 'vitest';
import { memoryLimits } from '../../src/metrics/limits.ts';
import type { CgroupVitals } from '../../src/model/vitals.ts';
import { emptySnapshot, sampleTarget } from './sample-snapshot.ts';

const cgroupLimit = (cgroup: CgroupVitals) => {
  const vitals = { ...sampleTarget().vitals!, cgroup };
  return memoryLimits(sampleTarget({ vitals }), emptySnapshot).find(({ limit }) => limit === 'cgroup');
};

const OWN = { usageBytes: 90, workingSetBytes: 80, limitBytes: 200 };
const POD = { usageBytes: 140, workingSetBytes: 130, limitBytes: 150 };

test('the limit of the cgroup is its own when that is met first', () => {
  expect(cgroupLimit(OWN)).toEqual({ limit: 'cgroup', bytes: 200, used: 80 });
});

test('a limit around the cgroup that is met first is told instead, with what is used of it', () => {
  expect(cgroupLimit({ ...OWN, bindingAncestor: POD })).toEqual({ limit: 'cgroup', bytes: 150, used: 130 });
});

test('of several heaps with a limit each, the one that is nearest to its own is told', () => {
  const { heap, ...rest } = sampleTarget().vitals!;
  const heapOf = (bindingHeap: { limitBytes: number; liveBytes?: number }) => {
    const target = sampleTarget({ vitals: { ...rest, heap: { ...heap!, limitBytes: 4000, bindingHeap } } });
    return memoryLimits(target, emptySnapshot).find(({ limit }) => limit === 'heap');
  };
  expect(heapOf({ limitBytes: 100, liveBytes: 90 })).toEqual({ limit: 'heap', bytes: 100, used: 90 });
  // The floor of all heaps says nothing about one of them.
  expect(heapOf({ limitBytes: 4000 })).toEqual({ limit: 'heap', bytes: 4000, used: undefined });
});

test('limits outside of the heap are told, and what is used of them where that is known', () => {
  const { heap, ...rest } = sampleTarget().vitals!;
  const limits = {
    metaspace: { limitBytes: 64, usedBytes: 32 },
    direct: { limitBytes: 128 },
    other: { limitBytes: 1 },
  };
  const target = sampleTarget({ vitals: { ...rest, heap: { ...heap!, limits } } });
  expect(memoryLimits(target, emptySnapshot).filter(({ limit }) => limit !== 'cgroup')).toEqual([
    { limit: 'metaspace', bytes: 64, used: 32 },
    { limit: 'direct', bytes: 128, used: undefined },
  ]);
});
