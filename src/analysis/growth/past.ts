import type { AssessmentSample } from '../../model/assessment.ts';
import { createLiveMetaspace, type LiveMetaspaceState } from '../live-metaspace.ts';
import { OTHER_TYPES } from '../types/type-rows.ts';
import {
  FDS,
  FLOOR,
  GARBAGE,
  LOADS,
  METASPACE,
  NATIVE,
  SHARED_COLUMNS,
  THREADS,
  TIME,
  VITALS_COLUMNS,
  WORK,
} from './columns.ts';
import { createLoad, LOAD_SECONDS, type LoadState } from './load.ts';
import { createScales, type Scales, type ScalesState } from './scales.ts';
import { createTrends, type Trends } from './trends.ts';
import { createTypeColumns, type TypeColumn } from './type-columns.ts';

const VITALS = { columns: VITALS_COLUMNS, stepSeconds: 30, levels: 6, length: 48 };

/** The monitor exports 50 types of a target. */
const MOST_TYPES = 50;
/** One third of an hour in minutes, up to a week in steps of four hours. */
const CENSUSES = { columns: SHARED_COLUMNS + MOST_TYPES, stepSeconds: 60, levels: 5, length: 40 };

/** What is kept of one life of a process: some 100 KiB. */
export interface Past {
  readonly process: string;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly vitals: Scales;
  readonly vitalsTrends: Trends;
  readonly censusTrends: Trends;
  /** Censuses in the scales: those that show what lives. */
  readonly censusCount: number;
  readonly types: ReadonlyMap<string, TypeColumn>;
  /** As of the last full collection. */
  readonly floorBytes: number | undefined;
  /** As of the last sample. */
  readonly nativeBytes: number | undefined;
  add(sample: AssessmentSample): void;
  state(): PastState;
}

export interface PastState {
  readonly process: string;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly vitals: ScalesState;
  readonly censuses: ScalesState;
  readonly types: readonly TypeColumn[];
  readonly load: LoadState;
  readonly highestUsed: number;
  readonly censusCount: number;
  readonly collectionsAtCensus: number;
  readonly floorBytes?: number;
  readonly metaspace?: LiveMetaspaceState;
}

export interface PastOptions {
  /** Divides every duration. */
  readonly pace: number;
  /** Censuses count what no collection has freed yet: only the first after a full collection shows what lives. */
  readonly censusCountsGarbage: boolean;
}

/** `first` is a sample of the process, or what was kept of its past. */
export function createPast({ pace, censusCountsGarbage }: PastOptions, first: AssessmentSample | PastState): Past {
  const saved = 'vitals' in first ? first : undefined;
  const { process } = first;
  const firstSeconds = saved ? saved.firstSeconds : (first as AssessmentSample).atSeconds;
  const vitals = createScales({ ...VITALS, stepSeconds: VITALS.stepSeconds / pace }, saved?.vitals);
  const censuses = createScales({ ...CENSUSES, stepSeconds: CENSUSES.stepSeconds / pace }, saved?.censuses);
  const columns = createTypeColumns(MOST_TYPES, saved?.types);
  const load = createLoad(pace, saved?.load);
  const metaspace = createLiveMetaspace(saved?.metaspace);
  const row = new Float64Array(VITALS.columns);
  const censusRow = new Float64Array(CENSUSES.columns);
  let lastSeconds = saved?.lastSeconds ?? Number.NEGATIVE_INFINITY;
  let highestUsed = saved?.highestUsed ?? 0;
  let censusCount = saved?.censusCount ?? 0;
  let collectionsAtCensus = saved?.collectionsAtCensus ?? -1;
  let floorBytes = saved?.floorBytes;

  function addCensus(types: NonNullable<AssessmentSample['types']>, complete: boolean): void {
    columns.note(types, complete, censuses.clearColumn);
    censusRow.fill(Number.NaN);
    censusRow.set(row.subarray(0, SHARED_COLUMNS));
    if (complete) for (const { column } of columns.known.values()) censusRow[SHARED_COLUMNS + column] = 0;
    for (const { type, count } of types) {
      const known = columns.known.get(type);
      if (known && type !== OTHER_TYPES) censusRow[SHARED_COLUMNS + known.column] = count;
    }
    censuses.add(row[TIME]!, censusRow);
    censusCount++;
  }

  /** Whether a census that is taken now shows what lives. The first may be full of garbage from long before. */
  function showsLife(fullCollections: number | undefined): boolean {
    if (!censusCountsGarbage || fullCollections === undefined) return true;
    const before = collectionsAtCensus;
    collectionsAtCensus = fullCollections;
    return before >= 0 && fullCollections !== before;
  }

  function liveMetaspace({ metaspaceBytes, fullCollections = 0 }: AssessmentSample): number | undefined {
    return metaspaceBytes === undefined ? undefined : metaspace.add(metaspaceBytes, fullCollections);
  }

  return {
    process,
    firstSeconds,
    get lastSeconds() {
      return lastSeconds;
    },
    vitals,
    vitalsTrends: createTrends(vitals),
    censusTrends: createTrends(censuses),
    get censusCount() {
      return censusCount;
    },
    types: columns.known,
    get floorBytes() {
      return floorBytes;
    },
    get nativeBytes() {
      return Number.isFinite(lastSeconds) ? row[NATIVE]! : undefined;
    },
    add(sample) {
      lastSeconds = sample.atSeconds;
      load.add(sample.atSeconds, sample.cpuSeconds, sample.gcPauseSeconds ?? 0);
      // What the heap gives back stays with the allocator: that is no growth of something else.
      const ofHeap =
        sample.nativeBytes === undefined ? sample.heapUsedBytes : sample.residentBytes - sample.nativeBytes;
      highestUsed = Math.max(highestUsed, ofHeap ?? 0);
      floorBytes = sample.heapLiveBytes ?? floorBytes;
      row[TIME] = sample.atSeconds - firstSeconds;
      row[WORK] = load.work;
      for (let index = 0; index < LOAD_SECONDS.length; index++) row[LOADS[index]!] = load.averages[index]!;
      row[FDS] = sample.openFds ?? Number.NaN;
      row[FLOOR] = sample.heapLiveBytes ?? Number.NaN;
      row[NATIVE] = Math.max(0, sample.residentBytes - highestUsed);
      row[THREADS] = sample.threads ?? Number.NaN;
      row[GARBAGE] = sample.garbageObjects ?? Number.NaN;
      row[METASPACE] = liveMetaspace(sample) ?? Number.NaN;
      vitals.add(row[TIME]!, row);
      if (sample.types && showsLife(sample.fullCollections)) addCensus(sample.types, sample.typesComplete !== false);
    },
    state: () => ({
      process,
      firstSeconds,
      lastSeconds,
      vitals: vitals.state(),
      censuses: censuses.state(),
      types: [...columns.known.values()],
      load: load.state(),
      highestUsed,
      censusCount,
      collectionsAtCensus,
      metaspace: metaspace.state(),
      ...(floorBytes !== undefined && { floorBytes }),
    }),
  };
}

/** The column of a type in the censuses. */
export function columnOf({ column }: TypeColumn): number {
  return SHARED_COLUMNS + column;
}
