import type { MetricName } from '../../src/metrics/catalogue.ts';

/** A series over time: hours since the story began to a value, undefined where there is a gap. */
export interface Series {
  readonly name: MetricName | 'up' | 'process_cpu_seconds_total' | 'process_resident_memory_bytes';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: (hour: number) => number | undefined;
}

/** One process through the hours, in bytes; what is not said is steady and has room. */
export interface ProcessStory {
  readonly floor: (hour: number) => number;
  readonly pid?: string;
  readonly runtime?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Hours; before the story began unless said otherwise. */
  readonly startedAt?: (hour: number) => number;
  readonly alive?: (hour: number) => boolean;
  readonly used?: (hour: number) => number;
  readonly committed?: (hour: number) => number;
  /** Full collections so far; four an hour unless said otherwise. */
  readonly fullCollections?: (hour: number) => number;
  readonly heapLimit?: number;
  readonly cgroupLimit?: number;
  readonly cgroupUsage?: (hour: number) => number;
  readonly workingSet?: (hour: number) => number;
  readonly anonymous?: (hour: number) => number;
  /** Of all processes of its cgroup; its own alone unless said otherwise. */
  readonly cgroupAnonymous?: (hour: number) => number;
  readonly nodeUsed?: (hour: number) => number;
  readonly up?: (hour: number) => number;
  /** E.g. `leak objects`. */
  readonly verdict?: (hour: number) => string | undefined;
  /** Hours until memory runs out. */
  readonly hoursLeft?: (hour: number) => number | undefined;
  /** Bytes an hour, since two hours before the story began. */
  readonly growth?: number;
  /** The most suspicious first. */
  readonly suspects?: readonly string[];
  /** Seconds in collections so far. */
  readonly pauses?: (hour: number) => number;
  /** Whether `--discovery.include` asks for it. */
  readonly isIncluded?: boolean;
  /** Attempts so far, by result. */
  readonly censuses?: Readonly<Record<string, (hour: number) => number>>;
}

export const MiB = 2 ** 20;
export const GiB = 2 ** 30;
const NODE_BYTES = 16 * GiB;
const exporter = { job: 'heapwatch', instance: 'node-1:10148' };

export function processSeries(story: ProcessStory): Series[] {
  const { floor, heapLimit, cgroupLimit, runtime = 'cpython' } = story;
  const base = { ...exporter, service_name: 'shop.py', runtime, pid: story.pid ?? '41', ...story.labels };
  const workingSet = story.workingSet ?? ((hour) => floor(hour) + 20 * MiB);
  const anonymous = story.anonymous ?? workingSet;
  const alive = story.alive ?? (() => true);
  const gc = { nodejs: 'major', jvm: 'old' }[runtime] ?? '2';
  const series: MakeSeries = (name, value, labels = {}) => ({
    name,
    labels: { ...base, ...labels },
    value: (hour) => (alive(hour) ? value(hour) : undefined),
  });
  const limit = (name: string, bytes: number, used: (hour: number) => number) => [
    series('heapwatch_memory_limit_bytes', () => bytes, { limit: name }),
    series('heapwatch_memory_limit_used_ratio', (hour) => used(hour) / bytes, { limit: name }),
  ];
  return [
    series('heapwatch_heap_live_bytes', floor),
    series('heapwatch_heap_used_bytes', story.used ?? floor),
    series('heapwatch_heap_committed_bytes', story.committed ?? workingSet),
    series('heapwatch_process_anonymous_memory_bytes', anonymous),
    series('heapwatch_process_start_time_seconds', (hour) => (story.startedAt?.(hour) ?? -100) * 3600),
    series('heapwatch_gc_collections_total', story.fullCollections ?? ((hour) => Math.floor(4 * hour)), { gc }),
    series('heapwatch_target_up', story.up ?? (() => 1)),
    series('heapwatch_target_info', () => 1, { ...(story.isIncluded && { included: 'yes' }) }),
    ...limit('node', NODE_BYTES, story.nodeUsed ?? (() => 4 * GiB)),
    ...(heapLimit === undefined ? [] : limit('heap', heapLimit, floor)),
    ...(cgroupLimit === undefined ? [] : limit('cgroup', cgroupLimit, workingSet)),
    series('heapwatch_cgroup_memory_usage_bytes', story.cgroupUsage ?? workingSet),
    series('heapwatch_cgroup_memory_anonymous_bytes', story.cgroupAnonymous ?? anonymous),
    ...(story.pauses ? [series('heapwatch_gc_pause_seconds_total', story.pauses, { gc })] : []),
    ...Object.entries(story.censuses ?? {}).map(([result, count]) =>
      series('heapwatch_census_total', count, { result }),
    ),
    ...verdictSeries(story, series),
  ];
}

type MakeSeries = (
  name: MetricName,
  value: (hour: number) => number | undefined,
  labels?: Readonly<Record<string, string>>,
) => Series;

const verdicts = ['warming_up', 'healthy', 'leak objects', 'leak native', 'leak uncollectable', 'backlog'].concat(
  'overflow undersized',
  'overflow burst',
);

function verdictSeries({ verdict, hoursLeft, growth, suspects = [] }: ProcessStory, series: MakeSeries): Series[] {
  if (verdict === undefined) return [];
  const states = verdicts.map((state) => {
    const [name = '', cause = ''] = state.split(' ');
    const value = (hour: number) => (verdict(hour) === undefined ? undefined : Number(verdict(hour) === state));
    return series('heapwatch_verdict', value, { verdict: name, cause });
  });
  const secondsLeft = (hour: number) => {
    const hours = hoursLeft?.(hour);
    return hours === undefined ? undefined : hours * 3600;
  };
  return [
    ...states,
    series('heapwatch_oom_eta_seconds', secondsLeft),
    ...suspects.map((type, index) => series('heapwatch_suspect_rank', () => index + 1, { type })),
    ...(growth === undefined
      ? []
      : [
          series('heapwatch_growth_bytes_per_second', () => growth / 3600),
          series('heapwatch_growth_start_timestamp_seconds', () => -2 * 3600),
        ]),
  ];
}

/** The exporter's own series; `kills` of the service so far. */
export function exporterSeries(of: {
  readonly up?: (hour: number) => number | undefined;
  readonly kills?: (hour: number) => number | undefined;
  readonly denied?: (hour: number) => number;
  readonly targets?: (hour: number) => number | undefined;
  readonly discoveryErrors?: (hour: number) => number | undefined;
  /** OutOfMemoryErrors of the service's JVMs so far. */
  readonly errors?: (hour: number) => number | undefined;
  /** Seconds of CPU that the exporter has used itself. */
  readonly cpuSeconds?: (hour: number) => number;
  readonly residentBytes?: (hour: number) => number;
  /** 1 where the web configuration is in use as its files say; without one there is none. */
  readonly webConfig?: (hour: number) => number;
}): Series[] {
  const up = of.up ?? (() => 1);
  const answered = (value: (hour: number) => number | undefined) => (hour: number) =>
    up(hour) === 1 ? value(hour) : undefined;
  return [
    { name: 'up', labels: exporter, value: up },
    { name: 'heapwatch_build_info', labels: { ...exporter, version: '1' }, value: answered(() => 1) },
    {
      name: 'heapwatch_oom_kills_total',
      labels: { ...exporter, service_name: 'shop.py', runtime: 'cpython' },
      value: answered(of.kills ?? (() => 0)),
    },
    {
      name: 'heapwatch_targets_skipped',
      labels: { ...exporter, reason: 'denied' },
      value: answered(of.denied ?? (() => 0)),
    },
    { name: 'heapwatch_targets', labels: exporter, value: answered(of.targets ?? (() => 3)) },
    {
      name: 'heapwatch_collector_errors_total',
      labels: { ...exporter, collector: 'discovery', reason: 'unreadable' },
      value: answered(of.discoveryErrors ?? (() => undefined)),
    },
    {
      name: 'heapwatch_out_of_memory_errors_total',
      labels: { ...exporter, service_name: 'shop.jar', runtime: 'jvm', kind: 'java_heap' },
      value: answered(of.errors ?? (() => 0)),
    },
    {
      name: 'process_cpu_seconds_total',
      labels: exporter,
      value: answered(of.cpuSeconds ?? ((hour) => 100 * hour)),
    },
    {
      name: 'process_resident_memory_bytes',
      labels: exporter,
      value: answered(of.residentBytes ?? (() => 120 * MiB)),
    },
    {
      name: 'heapwatch_web_config_last_reload_successful',
      labels: exporter,
      value: answered(of.webConfig ?? (() => undefined)),
    },
  ];
}
