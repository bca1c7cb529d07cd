import type { Subject } from './subject.ts';

/** Which cases run: all of a seed, or the one that is to be repeated. */
export interface ChosenCases {
  readonly seed: string;
  /** The number of the first case and how many there are. */
  of(subject: Subject, total: number): { readonly first: number; readonly cases: number };
}

/** HEAPWATCH_FUZZ_SEED is a seed, or `<seed>:<subject>:<number>` as a finding names it. */
export function chooseCases(defaultSeed: string): ChosenCases {
  const [seed = '', subjectName, number] = (process.env.HEAPWATCH_FUZZ_SEED || defaultSeed).split(':');
  return {
    seed,
    of(subject, total) {
      if (subjectName === undefined) return { first: 0, cases: Math.ceil((total * subject.share) / 1000) };
      return { first: Number(number ?? 0), cases: subject.name === subjectName ? 1 : 0 };
    },
  };
}
