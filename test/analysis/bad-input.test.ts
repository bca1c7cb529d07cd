import { expect, test } from 'vitest';
import { createAssessor } from '../../src/analysis/assessor.ts';
import type { Assessment, AssessmentSample } from '../../src/model/assessment.ts';
import { type Moment, samplesOf } from './samples.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const OPTIONS = { censusCountsGarbage: false };
const wave = (hour: number) => Math.sin((hour / 24) * 2 * Math.PI);

/** A healthy service with a day's load. */
const healthy = (hour: number): Moment => ({
  load: 0.5 + 0.2 * wave(hour),
  floorMb: 300 + 60 * wave(hour),
  types: { Order: 200_000 + 60_000 * wave(hour), Cart: 5000 },
});
const leaking = (hour: number): Moment => ({
  floorMb: 200 + 25 * hour,
  types: { Order: 1000 + 25_000 * hour, Cart: 5000 },
});

/** More than a day, in every second minute. */
const thinned = (momentAt: (hour: number) => Moment) => samplesOf(26, momentAt).filter((_, minute) => minute % 2 === 0);

type Disturbance = (samples: readonly AssessmentSample[]) => AssessmentSample[];

const hourOf = ({ atSeconds }: AssessmentSample) => atSeconds / HOUR;
const from = (hour: number, change: (sample: AssessmentSample) => AssessmentSample): Disturbance => {
  return (samples) => samples.map((sample) => (hourOf(sample) < hour ? sample : change(sample)));
};
const shifted = (seconds: number) => (sample: AssessmentSample) => ({
  ...sample,
  atSeconds: sample.atSeconds + seconds,
});
const without = (first: number, last: number): Disturbance => {
  return (samples) => samples.filter((sample) => hourOf(sample) < first || hourOf(sample) > last);
};
const withoutCensus = (first: number, last: number): Disturbance => {
  return (samples) =>
    samples.map((sample) => {
      const { types: _, ...rest } = sample;
      return hourOf(sample) < first || hourOf(sample) > last ? sample : rest;
    });
};
const limited = (heapLimitBytes: number) => (sample: AssessmentSample) => ({ ...sample, heapLimitBytes });

const disturbances: readonly (readonly [what: string, Disturbance])[] = [
  ['a gap of six hours', without(11, 17)],
  ['an hour of every second is missing', (samples) => samples.filter((sample) => Math.floor(hourOf(sample)) % 2 === 0)],
  ['a clock that jumps a day ahead', from(12, shifted(DAY))],
  ['a clock that is set back by a day', from(12, shifted(-DAY))],
  [
    'a clock that jumps a year ahead, and back',
    (samples) => from(13, shifted(-365 * DAY))(from(12, shifted(365 * DAY))(samples)),
  ],
  ['samples twice', (samples) => samples.flatMap((sample) => [sample, sample])],
  ['samples out of order', (samples) => samples.map((sample, index) => samples[index ^ 1] ?? sample)],
  [
    'counters that start again',
    from(12, (sample) => ({
      ...sample,
      cpuSeconds: sample.cpuSeconds % 1000,
      fullCollections: (sample.fullCollections ?? 0) % 50,
      gcPauseSeconds: (sample.gcPauseSeconds ?? 0) % 5,
    })),
  ],
  [
    'counters that stand still',
    from(12, (sample) => ({ ...sample, cpuSeconds: 7, fullCollections: 7, gcPauseSeconds: 7 })),
  ],
  ['no census for nine hours', withoutCensus(11, 20)],
  ['no census ever again', withoutCensus(11, 99)],
  [
    'no floor for nine hours',
    (samples) =>
      samples.map(({ heapLiveBytes, ...rest }) =>
        hourOf(rest) > 11 && hourOf(rest) < 20 ? rest : { ...rest, heapLiveBytes: heapLiveBytes! },
      ),
  ],
  ['a limit that is raised', from(12, limited(4000e6))],
  ['a limit that is lowered', from(12, limited(900e6))],
  ['a limit that is taken away', from(12, ({ heapLimitBytes: _, ...rest }) => rest)],
];

/** The verdicts one after the other. At the sample `restartAt` we restart, with or without our state. */
function verdictsOf(samples: readonly AssessmentSample[], restartAt = Number.NaN, keepsState = true): string[] {
  let assessor = createAssessor(OPTIONS);
  const list: string[] = [];
  for (const [index, sample] of samples.entries()) {
    if (index === restartAt)
      assessor = createAssessor(OPTIONS, keepsState ? JSON.parse(JSON.stringify(assessor.state())) : undefined);
    assessor.add(sample);
    const now: Assessment = assessor.assessment()!;
    if (!((now.oomEtaSeconds ?? 0) >= 0)) throw new Error(`the end is in ${now.oomEtaSeconds} s`);
    if (now.verdict !== list.at(-1)) list.push(now.verdict);
  }
  return list;
}

test.each(disturbances)('%s: the healthy stays so', (_what, disturb) => {
  expect(verdictsOf(disturb(thinned(healthy)))).toEqual(['warming_up', 'healthy']);
});

test.each(disturbances)('%s: a leak that was told stays one', (_what, disturb) => {
  expect(verdictsOf(disturb(thinned(leaking)))).toEqual(['warming_up', 'healthy', 'leak']);
});

test('a limit that is lowered to what is in use is told at once', () => {
  const lowered = from(12, limited(330e6))(samplesOf(20, () => ({ floorMb: 300, types: { Order: 5000 } })));
  expect(verdictsOf(lowered)).toEqual(['warming_up', 'healthy', 'overflow']);
});

test('the service and the exporter restart at the same time: with what was kept or without it, the healthy stays so', () => {
  const samples = thinned(healthy).map((sample, index) =>
    index < 180 ? sample : { ...sample, process: '2', cpuSeconds: sample.cpuSeconds / 2 },
  );
  expect(verdictsOf(samples, 180)).toEqual(['warming_up', 'healthy', 'warming_up', 'healthy']);
  expect(verdictsOf(samples, 180, false)).toEqual(['warming_up', 'healthy', 'warming_up', 'healthy']);
});
