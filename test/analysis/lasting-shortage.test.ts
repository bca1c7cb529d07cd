import { expect, test } from 'vitest';
import { createAssessor } from '../../src/analysis/assessor.ts';
import type { AssessmentSample } from '../../src/model/assessment.ts';
import { type Moment, samplesOf } from './samples.ts';

/** What is said at the end of so many hours in which nobody tells how long collections take. */
function saidAfter(
  hours: number,
  momentAt: (hour: number) => Moment,
  changed: (sample: AssessmentSample) => AssessmentSample = (sample) => sample,
): string | undefined {
  const assessor = createAssessor({ censusCountsGarbage: false });
  for (const { gcPauseSeconds: _, ...sample } of samplesOf(hours, momentAt)) assessor.add(changed(sample));
  const { verdict, cause } = assessor.assessment()!;
  return [verdict, cause].filter((word) => word !== undefined).join(' ');
}

function withoutFloor({ heapLiveBytes: _, ...sample }: AssessmentSample): AssessmentSample {
  return sample;
}

test('a floor that stays near the limit is a heap too small, as soon as a burst would be over', () => {
  expect(saidAfter(0.4, () => ({ floorMb: 900 }))).toBe('overflow burst');
  expect(saidAfter(0.6, () => ({ floorMb: 900 }))).toBe('overflow undersized');
});

test('so is a container that is always full, whatever the heap', () => {
  const full = () => ({ residentMb: 1450 });
  expect(saidAfter(0.6, full, ({ heapLimitBytes: _, ...sample }) => withoutFloor(sample))).toBe('overflow undersized');
});

test('spikes with room between them stay bursts, however often they come', () => {
  expect(saidAfter(5.05, (hour) => ({ floorMb: (hour * 60) % 20 < 5 ? 900 : 300 }))).toBe('overflow burst');
});

test('spikes that no collection sees the end of are bursts when they are rare', () => {
  const inSpike = ({ atSeconds }: AssessmentSample) => atSeconds % 3600 < 300;
  const said = saidAfter(
    4.05,
    () => ({ floorMb: 900 }),
    (sample) => (inSpike(sample) ? sample : withoutFloor(sample)),
  );
  expect(said).toBe('overflow burst');
});

test('what no collection has looked at is warming up for an hour, and then in no need of one', () => {
  expect(saidAfter(0.9, () => ({}), withoutFloor)).toBe('warming_up');
  expect(saidAfter(1.1, () => ({}), withoutFloor)).toBe('healthy');
});
