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
