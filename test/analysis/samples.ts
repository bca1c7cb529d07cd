import { type AssessorOptions, createAssessor } from '../../src/analysis/assessor.ts';
import type { Assessment, AssessmentSample } from '../../src/model/assessment.ts';

const MB = 1e6;

/** What a process has at a time in hours; types as counts of objects of 1000 bytes. What is not told is usual. */
export interface Moment {
  readonly floorMb?: number;
  readonly residentMb?: number;
  /** Cores in use. */
  readonly load?: number;
  readonly types?: Readonly<Record<string, number>>;
  /** Anything else of a sample, or the usual replaced. */
  readonly more?: Partial<AssessmentSample>;
}

/** The same in every run, white, with a standard deviation of about 1. */
export function noise(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => (uniform() + uniform() + uniform() - 1.5) * 2;
}

/** A sample in each minute for so many hours, with a full collection in each and a census in every fifth. */
export function samplesOf(hours: number, momentAt: (hour: number) => Moment): AssessmentSample[] {
  let cpuSeconds = 0;
  const tremble = noise(1);
  return Array.from({ length: hours * 60 }, (_, minute) => {
    const { floorMb = 200, residentMb = floorMb + 150, load = 0.5, types, more } = momentAt(minute / 60);
    cpuSeconds += 60 * load * (1 + 0.05 * tremble());
    return {
      atSeconds: minute * 60,
      process: '1',
      heapUsedBytes: (floorMb + 50) * MB,
      heapLiveBytes: floorMb * MB * (1 + 0.002 * tremble()),
      heapLimitBytes: 1000 * MB,
      residentBytes: residentMb * MB,
      cgroupLimitBytes: 1500 * MB,
      cpuSeconds,
      fullCollections: minute + 1,
      gcPauseSeconds: minute * 0.05,
      openFds: 50,
      threads: 20,
      ...(types && minute % 5 === 0 && { types: countsOf(types) }),
      ...more,
    };
  });
}

function countsOf(types: Readonly<Record<string, number>>) {
  return Object.entries(types).map(([type, count]) => ({
    type,
    count: Math.round(count),
    bytes: Math.round(count) * 1000,
  }));
}

/** The assessments after each sample at which the verdict changed, the first included. */
export function changes(samples: readonly AssessmentSample[], options: AssessorOptions = {}): Assessment[] {
  const assessor = createAssessor({ censusCountsGarbage: false, ...options });
  const list: Assessment[] = [];
  for (const sample of samples) {
    assessor.add(sample);
    const now = assessor.assessment()!;
    if (now.verdict !== list.at(-1)?.verdict) list.push(now);
  }
  return list;
}

/** The verdicts in the order in which they came. */
export function verdictsOf(samples: readonly AssessmentSample[], options: AssessorOptions = {}): string[] {
  return changes(samples, options).map(({ verdict, cause }) => (cause ? `${verdict} ${cause}` : verdict));
}
