import { assessment, cause, verdict } from './assessment-schema.ts';
import { history, typeCounts } from './history-schema.ts';
import { counts, integer, list, object, text, unixTime } from './schema.ts';
import { vitals } from './vitals-schema.ts';

const ending = {
  ...text('How the process ended; docs/incidents.md says how that is told.'),
  enum: ['oom_killed', 'heap_limit', 'crashed', 'ended'],
};

const identity = {
  id: text('Time of the end and pid.'),
  ended_at_seconds: unixTime('at which the end was noticed'),
  ending,
  service_name: text('As of the target.'),
  runtime: { ...text('What ran the program.'), enum: ['nodejs', 'cpython', 'jvm'] },
  pid: integer('The process id as heapwatch saw it.'),
} as const;

const alwaysKnown = ['id', 'ended_at_seconds', 'ending', 'service_name', 'runtime', 'pid'] as const;

/** What the API answers of incidents; the files of `--storage.path` are the same. */
export const incidentSchemas = {
  incidents: object(
    'What is kept of processes that died of memory, or were ill when they ended.',
    {
      incidents: list(
        object(
          'An incident in short.',
          {
            ...identity,
            verdict,
            cause,
            suspects: list(text('A type.'), 'Types that a leak or backlog was made of, the most suspicious first.'),
          },
          [...alwaysKnown, 'suspects'],
        ),
        'The newest first.',
      ),
    },
    ['incidents'],
  ),
  incident: object(
    'What is kept of one process that has ended.',
    {
      ...identity,
      version: text('Version of the runtime.'),
      command: text("The executable's file name."),
      start_time_seconds: unixTime('at which the process started'),
      proof: list(text('In words.'), 'What the ending was told from.'),
      fatal_limit: object(
        'The limit on which it died, where that is known.',
        {
          limit: { ...text('Whose it is.'), enum: ['heap', 'cgroup', 'node'] },
          name: text('Of a cgroup: its path.'),
          bytes: integer('The limit.'),
          used_bytes: integer('What counted against it in the last reading.'),
        },
        ['limit'],
      ),
      log: object(
        'What its log said of failures in the ten minutes before, with --log.watch; the lines are in the file `<id>.log`.',
        { lines: integer('Lines that are kept.'), memory_errors: counts('Memory errors by kind.') },
        ['lines', 'memory_errors'],
      ),
      evidence: object(
        'What the runtime said of itself when the end was near, with --evidence.jvm.',
        {
          kind: { ...text('What it is.'), enum: ['class_histogram'] },
          file: text('Its name in the folder `evidence` of --storage.path.'),
          taken_at_seconds: unixTime('at which it was taken'),
        },
        ['kind', 'file', 'taken_at_seconds'],
      ),
      advice: list(text('In words.'), 'What to do next.'),
      assessment,
      vitals,
      types: typeCounts,
      census_taken_at_seconds: unixTime('at which the last census began'),
      type_growth: list(
        object(
          'A type that gained bytes from the first to the last census of the history.',
          {
            type: text('Its name, as in `types`.'),
            first_count: integer('Objects in the first census.'),
            last_count: integer('Objects in the last.'),
            first_bytes: integer("The objects' own."),
            last_bytes: integer("The objects' own."),
          },
          ['type', 'first_count', 'last_count', 'first_bytes', 'last_bytes'],
        ),
        'The types that grew, most bytes first.',
      ),
      history,
    },
    [...alwaysKnown, 'version', 'command', 'start_time_seconds', 'proof', 'advice', 'types', 'type_growth', 'history'],
  ),
} as const;
