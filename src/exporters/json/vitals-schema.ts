import { boolean, byName, integer, list, number, object, text, unixTime } from './schema.ts';

export const vitals = object(
  'The cheap readings at one moment.',
  {
    at_seconds: unixTime('of the reading'),
    process: object(
      'What /proc says.',
      {
        resident_bytes: integer('VmRSS.'),
        anonymous_bytes: integer('RssAnon.'),
        swapped_bytes: integer('VmSwap.'),
        cpu_seconds: number('User and system, since the start.'),
        threads: integer('Threads.'),
        open_fds: integer('Open file descriptors.'),
      },
      ['resident_bytes', 'cpu_seconds'],
    ),
    heap: object(
      'What the runtime says of its heap.',
      {
        used_bytes: integer('In use.'),
        committed_bytes: integer('Held for the heap.'),
        limit_bytes: integer('What the runtime does not let it exceed.'),
        binding_heap: object(
          'Of several heaps with a limit each (Node.js: of workers), the one that is nearest to its own.',
          { limit_bytes: integer('Its limit.'), live_bytes: integer('In use after its last full collection.') },
          ['limit_bytes'],
        ),
        initial_bytes: integer('What the runtime began with.'),
        accounted_bytes: integer('Anonymous memory that the heap explains; what there is beyond it is native.'),
        space_used_bytes: byName(integer('In use.'), "By the heap's parts."),
        external_bytes: byName(integer('In use.'), 'Outside the heap, by kind.'),
        gc: list(
          object(
            'One generation or kind of collection, since the start.',
            {
              gc: text('Its name, as in the `gc` label.'),
              full: boolean('Whether it collects the whole heap.'),
              collections: integer('Collections.'),
              collected_objects: integer('Objects freed.'),
              uncollectable_objects: integer('Objects that could not be freed.'),
              pause_seconds: number('Time in collections.'),
            },
            ['gc', 'full', 'collections'],
          ),
          'The collections.',
        ),
        garbage_objects: integer('CPython: objects in gc.garbage.'),
        gc_enabled: boolean('CPython: false after gc.disable().'),
      },
      ['space_used_bytes', 'external_bytes', 'gc'],
    ),
    cgroup: object(
      'The memory cgroup that holds the process.',
      {
        usage_bytes: integer('Page cache included.'),
        working_set_bytes: integer('Without inactive page cache.'),
        anonymous_bytes: integer('What is no file: anon or total_rss of memory.stat.'),
        limit_bytes: integer('Of this cgroup.'),
        oom_kills: integer('Kills by the out-of-memory killer.'),
        pressure_seconds: object(
          'Time in which some or all tasks waited for memory.',
          { some: number('Some tasks.'), full: number('All tasks.') },
          ['some', 'full'],
        ),
      },
      ['usage_bytes', 'working_set_bytes'],
    ),
  },
  ['at_seconds', 'process'],
);
