import { integer, list, number, object, text, unixTime } from './schema.ts';

export const typeCounts = list(
  object(
    'Objects and bytes of one type.',
    {
      type: text('The name that the `type` label carries; `(other)` sums the rest.'),
      count: integer('Objects, garbage that no collection has freed yet included.'),
      bytes: integer("The objects' own allocations, without what they point to."),
      tracked_count: integer('CPython: those that the cyclic collector tracks, which gc.get_objects() sees.'),
    },
    ['type', 'count', 'bytes'],
  ),
  'The exported types, the most telling first, `(other)` last.',
);

export const census = object(
  'The last census that succeeded.',
  {
    taken_at_seconds: unixTime('at which it began'),
    duration_seconds: number('How long it took; the process was not stopped.'),
    interval_seconds: number('Time to the next one as the CPU budget allows it.'),
    objects: integer('In all.'),
    bytes: integer('In all.'),
    type_count: integer('Types found, exported or not.'),
    skipped_ratio: number('Share of the heap that could not be read or understood; 0 is best.'),
    scanned_bytes: integer('Bytes that were looked at.'),
    sampled_ratio: number('Of a very large heap: the share that was looked at, from which counts are scaled up.'),
  },
  ['taken_at_seconds', 'duration_seconds', 'interval_seconds', 'objects', 'bytes', 'type_count', 'skipped_ratio'],
);

export const history = object(
  'What was read before, thinned with age.',
  {
    readings: list(
      object(
        'One moment.',
        {
          at_seconds: unixTime('of the reading'),
          heap_used_bytes: integer('Heap in use.'),
          heap_live_bytes: integer('The live floor, where it was new.'),
          resident_bytes: integer('VmRSS.'),
          working_set_bytes: integer("The cgroup's working set."),
          cpu_seconds: number('Since the start.'),
          full_collections: integer('Since the start.'),
          open_fds: integer('Open file descriptors.'),
          threads: integer('Threads.'),
        },
        ['at_seconds', 'resident_bytes', 'cpu_seconds'],
      ),
      'The oldest first.',
    ),
    censuses: list(
      object('One census.', { at_seconds: unixTime('of the census'), types: typeCounts }, ['at_seconds', 'types']),
      'The oldest first.',
    ),
  },
  ['readings', 'censuses'],
);
