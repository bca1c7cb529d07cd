import type { Assessment, AssessmentSample, Cause } from '../model/assessment.ts';
import { type AssessorState, type Standing, stateVersion } from './assessor-state.ts';
import { type Conviction, confirm, convict, reviewConviction } from './conviction.ts';
import { evidenceOf } from './evidence.ts';
import { createGcPressure } from './gc-pressure.ts';
import { findGrowingTypes } from './growing-types.ts';
import { FDS, FLOOR, GARBAGE, METASPACE, NATIVE, THREADS } from './growth/columns.ts';
import { createPast, type Past } from './growth/past.ts';
import { findSteadyGrowth } from './growth/steady-growth.ts';
import { type Findings, isLeakOfHandles } from './growth-choice.ts';
import { createLastingShortage } from './lasting-shortage.ts';
import { assessLimits, bindingLimit } from './limits.ts';
import { findShortage, type Shortage } from './shortage.ts';
import { findSuspicion, type Suspicion } from './suspicion.ts';
import { overflow, steadyGrowth, verdicts } from './thresholds.ts';

export interface AssessorOptions {
  /** Divides every duration; 1 but for tests. */
  readonly pace?: number;
  /** Whether censuses count garbage that no collection has freed yet, as those read from outside do. */
  readonly censusCountsGarbage?: boolean;
}

/** Judges one target, sample by sample, over all lives of its process. */
export interface Assessor {
  /** When the clock was set back, the sample is left out and time goes on from there. */
  add(sample: AssessmentSample): void;
  /** As of the last sample; undefined before the first. */
  assessment(): Assessment | undefined;
  /** All it knows, as plain JSON, to go on with after a restart of ours. */
  state(): AssessorState;
}

const NOTHING_FOUND: Findings = {
  types: { steady: [], other: [], otherGain: 0 },
  floor: {},
  metaspace: {},
  native: {},
  fds: {},
  threads: {},
  garbage: {},
};

/** What changes with every reading is looked at every five minutes: soon enough. */
const SLOW_SECONDS = 300;

/** A process whose floor or types were seen less often cannot be judged. */
const LEAST_SEEN = 5;

const MOST_CONVICTED = 20;

export function createAssessor(options: AssessorOptions = {}, saved?: AssessorState): Assessor {
  const { pace = 1, censusCountsGarbage = true } = options;
  const pastOptions = { pace, censusCountsGarbage };
  const standing: Standing = saved
    ? { ...saved.standing }
    : { verdict: 'healthy', sinceSeconds: 0, agreed: 0, mistakes: 0, convicted: [] };
  let past: Past | undefined = saved?.past && createPast(pastOptions, saved.past);
  let last: AssessmentSample | undefined;
  let clockSeconds = saved?.clockSeconds;
  let setBackSeconds = saved?.setBackSeconds ?? 0;
  let gcPressure = createGcPressure(pace);
  let lasting = createLastingShortage(pace);
  let findings = NOTHING_FOUND;
  let suspicion: Suspicion | undefined;
  let shortage: Shortage | undefined;
  let gcShare: number | undefined;
  let floors = 0;
  let stale = { types: false, floor: false };
  let nextSeconds = Number.NEGATIVE_INFINITY;
  let nextSlowSeconds = Number.NEGATIVE_INFINITY;

  function add(given: AssessmentSample): void {
    const passed = given.atSeconds - (clockSeconds ?? given.atSeconds);
    if (passed < 0) setBackSeconds -= passed;
    clockSeconds = given.atSeconds;
    // Our own time never goes backwards.
    const sample = setBackSeconds === 0 ? given : { ...given, atSeconds: given.atSeconds + setBackSeconds };
    if (past === undefined || sample.process !== past.process) begin(sample);
    else if (sample.atSeconds <= past.lastSeconds) return;
    const life = past!;
    const censuses = life.censusCount;
    life.add(sample);
    last = sample;
    if (life.censusCount > censuses) stale.types = true;
    if (sample.heapLiveBytes !== undefined) {
      stale.floor = true;
      floors++;
    }
    if (sample.gcPauseSeconds !== undefined) gcShare = gcPressure.add(sample.atSeconds, sample.gcPauseSeconds);
    judgeShortage(life, sample);
    if (sample.atSeconds < nextSeconds) return;
    nextSeconds = sample.atSeconds + verdicts.assessSeconds / pace;
    findings = look(life, sample.atSeconds);
    judgeGrowth(life, sample);
  }

  /** Another life of the process: what leaked is free again, the standing goes on. */
  function begin(sample: AssessmentSample): void {
    past = createPast(pastOptions, sample);
    gcPressure = createGcPressure(pace);
    lasting = createLastingShortage(pace);
    gcShare = undefined;
    findings = NOTHING_FOUND;
    floors = 0;
    stale = { types: false, floor: false };
    standing.agreed = 0;
    nextSeconds = nextSlowSeconds = Number.NEGATIVE_INFINITY;
  }

  /** Looks only at what is new: fits are what an assessment costs. */
  function look(life: Past, atSeconds: number): Findings {
    const slow = atSeconds >= nextSlowSeconds ? lookSlowly(life, atSeconds) : findings;
    // Open descriptors explain what clients need, but not when they leak themselves.
    const connections = !(slow.fds.steady && isLeakOfHandles(slow.fds.steady, pace, 'fds'));
    const found: Findings = {
      ...slow,
      types: stale.types ? findGrowingTypes(life, connections) : findings.types,
      floor: stale.floor ? findSteadyGrowth(life.vitalsTrends, FLOOR, steadyGrowth.floor, connections) : findings.floor,
    };
    stale = { types: false, floor: false };
    return found;
  }

  /** What changes with every reading. */
  function lookSlowly({ vitalsTrends: trends }: Past, atSeconds: number): Findings {
    nextSlowSeconds = atSeconds + SLOW_SECONDS / pace;
    return {
      ...findings,
      metaspace: findSteadyGrowth(trends, METASPACE, steadyGrowth.native),
      native: findSteadyGrowth(trends, NATIVE, steadyGrowth.native),
      fds: findSteadyGrowth(trends, FDS, steadyGrowth.handle, false),
      threads: findSteadyGrowth(trends, THREADS, steadyGrowth.handle, false),
      garbage: findSteadyGrowth(trends, GARBAGE, steadyGrowth.type),
    };
  }

  function judgeShortage(life: Past, sample: AssessmentSample): void {
    const found = findShortage(life, sample, gcShare, pace);
    const lasts = lasting.add(sample, found);
    shortage = found && lasts ? { ...found, cause: 'undersized' } : found;
    if (shortage) {
      standing.shortageSeconds = sample.atSeconds;
      if (standing.verdict === 'healthy') become('overflow', shortage.cause, sample.atSeconds);
      else if (standing.verdict === 'overflow' && lasts) standing.cause = shortage.cause;
    } else if (standing.verdict === 'overflow') {
      const calm = sample.atSeconds - (standing.shortageSeconds ?? standing.sinceSeconds);
      if (calm > overflow.holdSeconds / pace) become('healthy', undefined, sample.atSeconds);
    }
  }

  function judgeGrowth(life: Past, sample: AssessmentSample): void {
    const { mistakes } = standing;
    suspicion = findSuspicion(life, sample, findings, { pace, convicted: new Set(standing.convicted), mistakes });
    const { verdict, conviction } = standing;
    if ((verdict === 'leak' || verdict === 'backlog') && conviction) {
      standing.conviction = confirm(conviction, life, suspicion);
      const acquittal = reviewConviction(standing.conviction, life, verdict, pace);
      if (acquittal === undefined) return;
      if (acquittal === 'levelled off') standing.mistakes++;
      delete standing.conviction;
      standing.agreed = 0;
      become('healthy', undefined, sample.atSeconds);
      return;
    }
    standing.agreed = suspicion && suspicion.spanSeconds >= suspicion.neededSeconds ? standing.agreed + 1 : 0;
    if (suspicion === undefined || standing.agreed < verdicts.agreeing) return;
    standing.conviction = convict(life, suspicion);
    const names = suspicion.basis === 'types' ? standing.conviction.types.map(({ type }) => type) : [];
    standing.convicted = [...new Set([...names, ...standing.convicted])].slice(0, MOST_CONVICTED);
    become(suspicion.verdict, suspicion.cause, sample.atSeconds);
  }

  function become(verdict: Standing['verdict'], cause: Cause | undefined, atSeconds: number): void {
    standing.verdict = verdict;
    standing.sinceSeconds = atSeconds;
    if (cause) standing.cause = cause;
    else delete standing.cause;
  }

  function assessment(): Assessment | undefined {
    if (past === undefined || last === undefined) return undefined;
    const isGrowing = standing.verdict === 'leak' || standing.verdict === 'backlog';
    const growth = isGrowing ? suspicion : undefined;
    const limits = assessLimits(last, past.floorBytes, growth?.speed);
    const binding = bindingLimit(limits);
    const isYoung = last.atSeconds - past.firstSeconds < verdicts.warmUpSeconds / pace;
    const isUnseen = floors < LEAST_SEEN && past.censusCount < LEAST_SEEN;
    // Resident memory alone says nothing of a heap that has room in it.
    const isHeapKnown = last.heapUsedBytes !== undefined;
    const isWarmingUp = standing.verdict === 'healthy' && isUnseen && (isYoung || !isHeapKnown);
    return {
      atSeconds: last.atSeconds - setBackSeconds,
      verdict: isWarmingUp ? 'warming_up' : standing.verdict,
      ...(standing.cause && { cause: standing.cause }),
      sinceSeconds: (standing.sinceSeconds || past.firstSeconds) - setBackSeconds,
      suspects: suspectsOf(standing.conviction?.types),
      growingTypes: findings.types.steady.map(({ type, trend, bytesPerSecond }) => ({
        type,
        objectsPerSecond: trend.perSecond,
        bytesPerSecond,
      })),
      ...(growth && {
        growth: {
          bytesPerSecond: growth.speed.heap + growth.speed.outside,
          sinceSeconds: past.firstSeconds + growth.startSeconds - setBackSeconds,
        },
      }),
      limits,
      ...(binding && { bindingLimit: binding.limit }),
      ...(binding?.etaSeconds !== undefined && { oomEtaSeconds: binding.etaSeconds }),
      evidence: evidenceOf(suspicion, shortage),
    };
  }

  return {
    add,
    assessment,
    state: () => ({
      version: stateVersion,
      ...(clockSeconds !== undefined && { clockSeconds }),
      setBackSeconds,
      ...(past && { past: past.state() }),
      standing: { ...standing },
    }),
  };
}

function suspectsOf(types: Conviction['types'] = []): Assessment['suspects'] {
  return types.map(({ type, objectsPerSecond, bytesPerSecond }) => ({
    type,
    objectsPerSecond,
    bytesPerSecond,
  }));
}
