/**
 * Recorded traces: JSON lines, the first a header, then a sample each, as leakbench and `serve --record.dir` write them
 * (format 1). Names of fields are those of the format; what is null or missing was not known. Ours have more in the header
 * (`process`, `pace`, `assessor`) and in a line (`heap_live_new` and what the sample knows besides), so that verdicts come
 * out as they were; and `t` is Unix time there.
 */
import type { AssessmentSample } from '../model/assessment.ts';
import type { TypeCount } from '../model/census.ts';

export interface TraceHeader {
  readonly id: string;
  readonly heapLimitBytes?: number;
  readonly cgroupLimitBytes?: number;
  /** `all` counts garbage too, `live` and `livegc` do not. */
  readonly censusCountsGarbage: boolean;
  /** False when only the largest types are listed. */
  readonly typesComplete: boolean;
  /** What divided every duration when it was recorded; 1 but for tests. */
  readonly pace: number;
  /** Of a recording of one process: what tells it from every other. */
  readonly process?: string;
  /** What the verdict rested on before the first line, not checked yet. */
  readonly assessor?: unknown;
}

/**
 * One line after the header. The heap's floor is as of the last full collection, not new in every line: `isFloorNew` says so
 * where the recording tells.
 */
export type TraceRecord = RecordedSample | { readonly event: string };

export interface RecordedSample {
  readonly sample: AssessmentSample;
  readonly isFloorNew?: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Throws an Error that says what is wrong with the line. */
export function parseTraceHeader(text: string): TraceHeader {
  const fields = parseObject(text);
  if (typeof fields.id !== 'string') throw new Error('the first line is no header: it has no "id"');
  if (fields.format !== undefined && fields.format !== 1) throw new Error('only format 1 is known');
  const pace = optional(fields, 'pace') ?? 1;
  if (pace === 0) throw new Error('"pace" is 0');
  return {
    id: fields.id,
    pace,
    ...known('heapLimitBytes', optional(fields, 'heap_limit_bytes')),
    ...known('cgroupLimitBytes', optional(fields, 'cgroup_limit_bytes')),
    censusCountsGarbage: fields.census === 'all',
    typesComplete: fields.census_top_n === null || fields.census_top_n === undefined,
    ...(typeof fields.process === 'string' && { process: fields.process }),
    ...(fields.assessor !== undefined && { assessor: fields.assessor }),
  };
}

/** Throws an Error that says what is wrong with the line. */
export function parseTraceRecord(text: string, header: TraceHeader): TraceRecord {
  const fields = parseObject(text);
  const atSeconds = quantity(fields, 't');
  if (typeof fields.event === 'string') return { event: fields.event };
  const gc = fields.gc === undefined || fields.gc === null ? {} : objectOf(fields.gc, 'gc');
  const cgroupLimit = 'cgroup_limit_bytes' in fields ? optional(fields, 'cgroup_limit_bytes') : header.cgroupLimitBytes;
  return {
    ...(typeof fields.heap_live_new === 'boolean' && { isFloorNew: fields.heap_live_new }),
    sample: {
      atSeconds,
      process: header.process ?? String(quantity(fields, 'pid')),
      residentBytes: quantity(fields, 'rss_bytes'),
      cpuSeconds: quantity(fields, 'cpu_s'),
      ...known('heapUsedBytes', optional(fields, 'heap_used_bytes')),
      ...known('heapLiveBytes', optional(fields, 'heap_live_bytes')),
      ...known('heapLimitBytes', optional(fields, 'heap_limit_bytes') ?? header.heapLimitBytes),
      ...known('cgroupLimitBytes', cgroupLimit),
      ...known('workingSetBytes', optional(fields, 'working_set_bytes')),
      ...known('nodeBytes', optional(fields, 'node_bytes')),
      ...known('nativeBytes', optional(fields, 'native_bytes')),
      ...known('metaspaceBytes', optional(fields, 'metaspace_bytes')),
      ...known('metaspaceLimitBytes', optional(fields, 'metaspace_limit_bytes')),
      ...known('directLimitBytes', optional(fields, 'direct_limit_bytes')),
      ...known('openFds', optional(fields, 'fds')),
      ...known('threads', optional(fields, 'threads')),
      ...known('fullCollections', optional(gc, 'major')),
      ...known('gcPauseSeconds', optional(gc, 'pause_s')),
      ...known('garbageObjects', optional(fields, 'garbage_objects')),
      ...(typeof fields.gc_enabled === 'boolean' && { gcEnabled: fields.gc_enabled }),
      ...(fields.types !== undefined && { types: typesOf(fields.types), typesComplete: header.typesComplete }),
    },
  };
}

function typesOf(value: unknown): TypeCount[] {
  return Object.entries(objectOf(value, 'types')).map(([type, pair]) => {
    const [count, bytes] = Array.isArray(pair) ? pair : [];
    if (!isQuantity(count) || !isQuantity(bytes)) throw new Error('a type in "types" has no count and bytes');
    return { type, count, bytes };
  });
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON: ${(error as Error).message}`);
  }
  return objectOf(value, undefined);
}

function objectOf(value: unknown, name: string | undefined): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(name === undefined ? 'not a JSON object' : `"${name}" is not an object`);
}

function quantity(fields: Fields, name: string): number {
  const value = fields[name];
  if (isQuantity(value)) return value;
  throw new Error(`"${name}" is ${value === undefined ? 'missing' : 'not a number from 0'}`);
}

function optional(fields: Fields, name: string): number | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : quantity(fields, name);
}

function isQuantity(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function known<Name extends string>(name: Name, value: number | undefined): { [Key in Name]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: number });
}
