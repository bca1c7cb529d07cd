import { type AssessorOptions, createAssessor } from '../analysis/assessor.ts';
import { parseAssessorState } from '../analysis/assessor-state.ts';
import type { Assessment, AssessmentSample } from '../model/assessment.ts';
import { parseTraceHeader, parseTraceRecord, type RecordedSample, type TraceHeader } from '../recorder/trace.ts';

/** One line of what `heapwatch replay` prints. */
export interface VerdictLine {
  readonly t: number;
  readonly verdict: Assessment['verdict'];
  readonly cause?: string;
  readonly types: readonly string[];
  readonly eta_s: number | null;
  readonly evidence: readonly string[];
}

/** Judges a trace as it would have been judged live: what is said of a line depends on no later line. */
export interface TraceVerdicts {
  /** Takes the next line; answers what is new after it. Throws an Error for a bad line, which is left out. */
  add(text: string): VerdictLine | undefined;
  readonly id: string | undefined;
}

/** Types and times to the limit change a little all the time. */
const REFRESH_SECONDS = 300;

export function createTraceVerdicts(): TraceVerdicts {
  let header: TraceHeader | undefined;
  let options: AssessorOptions = {};
  let assessor = createAssessor();
  let process: string | undefined;
  let collections = 0;
  let told: Assessment = {
    atSeconds: 0,
    verdict: 'warming_up',
    sinceSeconds: 0,
    suspects: [],
    growingTypes: [],
    limits: [],
    evidence: [],
  };

  function begin(text: string): void {
    header = parseTraceHeader(text);
    const { censusCountsGarbage, pace } = header;
    options = { censusCountsGarbage, pace };
    assessor = createAssessor(options);
    if (header.assessor !== undefined) assessor = createAssessor(options, parseAssessorState(header.assessor));
  }

  /** The line repeats the floor of the last full collection; a sample has it only when it is new. */
  function onlyNewFloor({ sample, isFloorNew }: RecordedSample): AssessmentSample {
    const count = sample.fullCollections ?? 0;
    const before = sample.process === process ? collections : 0;
    process = sample.process;
    collections = count;
    if (isFloorNew ?? count > before) return sample;
    const { heapLiveBytes: _, ...rest } = sample;
    return rest;
  }

  return {
    get id() {
      return header?.id;
    },
    add(text) {
      if (header === undefined) {
        begin(text);
        return undefined;
      }
      const record = parseTraceRecord(text, header);
      if ('event' in record) {
        // As with --storage.path: what was known is on disk.
        const saved = JSON.parse(JSON.stringify(assessor.state()));
        if (record.event === 'exporter_restart') {
          assessor = createAssessor(options, saved);
        }
        return undefined;
      }
      assessor.add(onlyNewFloor(record));
      const now = assessor.assessment();
      if (now === undefined || !isNews(now, told)) return undefined;
      told = now;
      return lineOf(now);
    },
  };
}

function isNews(now: Assessment, told: Assessment): boolean {
  if (now.verdict !== told.verdict || now.cause !== told.cause) return true;
  const isGrowing = now.verdict === 'leak' || now.verdict === 'backlog';
  return isGrowing && now.atSeconds - told.atSeconds >= REFRESH_SECONDS;
}

function lineOf({ atSeconds, verdict, cause, suspects, oomEtaSeconds, evidence }: Assessment): VerdictLine {
  return {
    t: atSeconds,
    verdict: verdict === 'warming_up' ? 'healthy' : verdict,
    ...(cause && { cause }),
    types: suspects.map(({ type }) => type),
    eta_s: oomEtaSeconds === undefined ? null : Math.round(oomEtaSeconds),
    evidence: evidence.map(({ words }) => words),
  };
}
