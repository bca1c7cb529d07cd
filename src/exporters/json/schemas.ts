import { assessment, cause, verdict } from './assessment-schema.ts';
import { census, history, typeCounts } from './history-schema.ts';
import { incidentSchemas } from './incident-schema.ts';
import { boolean, counts, integer, list, number, object, text, unixTime } from './schema.ts';
import { vitals } from './vitals-schema.ts';

const failure = object(
  'Why something cannot be read.',
  {
    kind: { ...text('What kind of failure it is.'), enum: ['gone', 'denied', 'unsupported', 'unreadable', 'busy'] },
    message: text('What is wrong, and what to do about it.'),
  },
  ['kind', 'message'],
);

const identity = {
  id: text('Pid and start time in clock ticks after boot, joined by a hyphen: pids are reused, the pair is not.'),
  pid: integer('The process id as heapwatch sees it.'),
  start_time_seconds: unixTime('at which the process started'),
  service_name: text('From the environment, the container or the executable and its script.'),
  runtime: { ...text('What runs the program.'), enum: ['nodejs', 'cpython', 'jvm'] },
  version: text('Version of the runtime.'),
  command: text("The executable's file name."),
  container: object(
    'The container, pod or unit around the process, as far as it is known.',
    {
      id: text('64 hexadecimal digits.'),
      inner_pid: integer('The pid inside its own pid namespace.'),
      pod_uid: text('Of Kubernetes.'),
      unit: text('Of systemd.'),
    },
    [],
  ),
  up: boolean('Whether the last reading of the process and its heap succeeded.'),
  failure,
} as const;

const alwaysKnown = [
  'id',
  'pid',
  'start_time_seconds',
  'service_name',
  'runtime',
  'version',
  'command',
  'up',
] as const satisfies readonly (keyof typeof identity)[];

const limit = object(
  'A ceiling that ends the process.',
  {
    limit: { ...text('Whose it is.'), enum: ['heap', 'metaspace', 'direct', 'cgroup', 'node'] },
    bytes: integer('The limit.'),
    used_bytes: integer('heap: the live floor; cgroup: the working set; node: total less available memory.'),
    used_ratio: number('Used share of the limit.'),
  },
  ['limit', 'bytes'],
);

/** What the API answers; properties that they do not name are left out. */
export const schemas = {
  targets: object(
    'All targets in short.',
    {
      taken_at_seconds: unixTime('of this snapshot; 0 before the first look around has ended'),
      targets: list(
        object(
          'A target in short.',
          {
            ...identity,
            resident_bytes: integer('VmRSS.'),
            heap_used_bytes: integer('Heap in use.'),
            heap_live_bytes: integer('Heap in use after the last full collection.'),
            nearest_limit: limit,
            verdict,
            cause,
            suspects: list(text('A type.'), 'Types that a leak or backlog is made of, the most suspicious first.'),
            oom_eta_seconds: number('Until the first limit is reached; absent when nothing grows.'),
            objects: integer('As of the last census.'),
            most_objects: { ...typeCounts, description: 'The three types with the most objects.' },
            census_taken_at_seconds: unixTime('at which the last census began'),
          },
          alwaysKnown,
        ),
        'The watched processes.',
      ),
      discovery_failure: { ...failure, description: 'Why the last look for processes failed: there may be others.' },
      skipped: counts('Processes that were seen but are not watched, by reason; absent while looking for them fails.'),
      dropped_series: integer('Series of types that are not exported by name to keep within --metrics.max-series.'),
    },
    ['taken_at_seconds', 'targets'],
  ),
  target: object(
    'All that is known of one target.',
    {
      ...identity,
      vitals,
      live_floor: object(
        'Heap in use right after the last full collection.',
        { bytes: integer('Heap in use.'), at_seconds: unixTime('of the reading') },
        ['bytes', 'at_seconds'],
      ),
      assessment,
      limits: list(limit, 'The limits that are known.'),
      census,
      census_failure: { ...failure, description: 'Why the last attempt at a census did not succeed.' },
      census_results: counts('Attempts at a census by result.'),
      types: typeCounts,
      history,
    },
    [...alwaysKnown, 'limits', 'census_results', 'types'],
  ),
  ...incidentSchemas,
  error: object(
    'Why there is no answer.',
    {
      statusCode: integer('As in the status line.'),
      error: text("The status's name."),
      message: text('What is wrong, and what to do about it.'),
    },
    ['statusCode', 'error', 'message'],
  ),
} as const;
