import { OTHER_TYPES } from '../analysis/types/type-rows.ts';
import type { AssessmentSample } from '../model/assessment.ts';
import type { TypeCount } from '../model/census.ts';
import type { HistoryReading } from '../model/history.ts';
import type { RuntimeName } from '../model/target.ts';
import type { HeapVitals, Vitals } from '../model/vitals.ts';

/** What a sample needs besides the vitals. */
export interface SampleParts {
  /** Tells one life of the target from the next. */
  readonly process: string;
  /** What the history keeps of these vitals, with the live floor where it is new. */
  readonly reading: HistoryReading;
  readonly nodeBytes: number | undefined;
  /** The exported types of a census that is new. */
  readonly types: readonly TypeCount[] | undefined;
}

/** All that verdicts depend on, from what was just read. */
export function sampleOf({ heap, process, cgroup }: Vitals, parts: SampleParts): AssessmentSample {
  const { reading, nodeBytes, types } = parts;
  const pauses = (heap?.gc ?? []).flatMap(({ pauseSeconds }) => (pauseSeconds === undefined ? [] : [pauseSeconds]));
  // Of the cgroup and those around it, the one whose limit is met first.
  const bound = cgroup?.bindingAncestor ?? cgroup;
  const nativeBytes = nativeBytesOf(process.anonymousBytes, heap?.accountedBytes);
  return {
    ...reading,
    process: parts.process,
    ...(bound && { workingSetBytes: bound.workingSetBytes }),
    ...(bound?.limitBytes !== undefined && { cgroupLimitBytes: bound.limitBytes }),
    // The floor is that of all heaps: it says nothing of one heap's own limit.
    ...(heap?.limitBytes !== undefined && !heap.bindingHeap && { heapLimitBytes: heap.limitBytes }),
    ...(nodeBytes !== undefined && { nodeBytes }),
    ...(nativeBytes !== undefined && { nativeBytes }),
    ...outsideHeap(heap),
    ...(pauses.length > 0 && { gcPauseSeconds: pauses.reduce((sum, seconds) => sum + seconds, 0) }),
    ...(heap?.garbageObjects !== undefined && { garbageObjects: heap.garbageObjects }),
    ...(heap?.gcEnabled !== undefined && { gcEnabled: heap.gcEnabled }),
    ...(types && { types: types.filter(({ type }) => type !== OTHER_TYPES), typesComplete: false }),
  };
}

/** Of classes what counts against their limit; without one what they use. */
function outsideHeap({ limits = {}, externalBytes }: Partial<HeapVitals> = {}): Partial<AssessmentSample> {
  const { metaspace, direct } = limits;
  const metaspaceBytes = metaspace?.usedBytes ?? externalBytes?.metaspace;
  return {
    ...(metaspaceBytes !== undefined && { metaspaceBytes }),
    ...(metaspace && { metaspaceLimitBytes: metaspace.limitBytes }),
    ...(direct && { directLimitBytes: direct.limitBytes }),
  };
}

/**
 * Whether a census of a running process counts much that no longer lives. CPython frees all but cycles at once, and in a
 * heap that grows its full collections come ever more rarely, each a quarter later than the one before: to wait for them
 * would hide the growth.
 */
export function censusCountsGarbage(runtime: RuntimeName): boolean {
  return runtime !== 'cpython';
}

/** A heap in swap is accounted for and not resident. */
function nativeBytesOf(anonymous: number | undefined, accounted: number | undefined): number | undefined {
  return anonymous === undefined || accounted === undefined ? undefined : Math.max(0, anonymous - accounted);
}
