import { oldGeneration } from '../../analysis/old-generation.ts';
import { nothingSelected, selectTypes } from '../../analysis/types/type-selection.ts';
import type { Census, CensusResult, TypeCount } from '../../model/census.ts';
import { type Failure, ReadFailure } from '../../model/failure.ts';
import { failureOf } from '../failure-report.ts';

/** What became of a target's censuses. */
export interface CensusRecord {
  readonly last: Census | undefined;
  readonly exportedTypes: readonly TypeCount[];
  /** Why the last attempt did not succeed. */
  readonly failure: Failure | undefined;
  readonly results: Readonly<Record<CensusResult, number>>;
  /** Attempts that failed since the last that succeeded. */
  readonly failuresInRow: number;
  succeeded(census: Census): void;
  failed(error: unknown): void;
  skippedForBudget(): void;
  /** No attempt, so no failure in a row; but why there is no new census is to be told. */
  skippedForSwap(reason: ReadFailure): void;
}

export function createCensusRecord(exportedTypeLimit: number): CensusRecord {
  let last: Census | undefined;
  let selection = nothingSelected;
  let failure: Failure | undefined;
  let failuresInRow = 0;
  const results: Record<CensusResult, number> = { ok: 0, refused: 0, failed: 0, skipped_budget: 0, skipped_swap: 0 };
  return {
    get last() {
      return last;
    },
    get exportedTypes() {
      return selection.exported;
    },
    get failure() {
      return failure;
    },
    get results() {
      return { ...results };
    },
    get failuresInRow() {
      return failuresInRow;
    },
    succeeded(census) {
      last = census;
      selection = selectTypes(oldGeneration(census.types), exportedTypeLimit, selection, isComplete(census));
      failure = undefined;
      failuresInRow = 0;
      results.ok++;
    },
    failed(error) {
      failure = failureOf(error);
      failuresInRow++;
      results[isRefusal(error) ? 'refused' : 'failed']++;
    },
    skippedForBudget() {
      results.skipped_budget++;
    },
    skippedForSwap(reason) {
      failure = failureOf(reason);
      results.skipped_swap++;
    },
  };
}

/** Above this share of the heap that was not read, a type that is missing may have been there. */
const MOST_SKIPPED_RATIO = 0.001;

function isComplete({ quality }: Census): boolean {
  return quality.sampledRatio === undefined && quality.skippedRatio <= MOST_SKIPPED_RATIO;
}

/** Refused: it would not have been true, or not allowed. Failed: it did not come to an end. */
function isRefusal(error: unknown): boolean {
  return error instanceof ReadFailure && error.kind !== 'busy' && error.kind !== 'gone';
}
