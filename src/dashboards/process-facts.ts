import { ofProcess } from './chosen-process.ts';
import type { Panel, Section, Unit } from './panel.ts';

/** What else is known of the process. */
export const factsSection: Section = {
  id: 20,
  title: 'The process',
  panels: [
    {
      id: 21,
      kind: 'table',
      title: 'Process',
      description: 'Version of the runtime and name of the executable.',
      unit: 'none',
      width: 12,
      height: 4,
      columns: ['service_name', 'pid', 'runtime_version', 'command'],
      queries: [
        {
          name: 'readable',
          expression: `max by (service_name, pid, runtime_version, command) (${ofProcess('heapwatch_target_info')} * on (instance, service_name, runtime, pid) group_left () ${ofProcess('heapwatch_target_up')})`,
        },
      ],
    },
    fact(22, 'Age', 'Time since the process started.', 's', age()),
    fact(23, 'Open files', 'Open file descriptors.', 'none', ofProcess('heapwatch_process_open_fds')),
    fact(24, 'Threads', 'Threads of the process.', 'none', ofProcess('heapwatch_process_threads')),
    fact(
      25,
      'gc.garbage',
      'Objects that the collector keeps aside in gc.garbage, as it could not free them: they stay for ever.',
      'none',
      ofProcess('heapwatch_gc_garbage_objects'),
    ),
    {
      id: 26,
      kind: 'timeseries',
      title: 'CPU',
      description: 'Cores that the process uses; a heap near its limit makes the collector use more.',
      unit: 'none',
      width: 12,
      height: 7,
      queries: [
        { name: 'cores', expression: `rate(${ofProcess('heapwatch_process_cpu_seconds_total')}[$__rate_interval])` },
      ],
    },
    {
      id: 27,
      kind: 'timeseries',
      title: "The cyclic collector's finds",
      description:
        'Objects per second that the collector freed, and those that it found unreachable but could not free. Only of runtimes that count them.',
      unit: 'cps',
      width: 12,
      height: 7,
      queries: [
        {
          name: 'freed, generation {{gc}}',
          expression: `rate(${ofProcess('heapwatch_gc_collected_objects_total')}[$__rate_interval])`,
        },
        {
          name: 'uncollectable, generation {{gc}}',
          expression: `rate(${ofProcess('heapwatch_gc_uncollectable_objects_total')}[$__rate_interval])`,
        },
      ],
    },
  ],
};

function age(): string {
  return `time() - ${ofProcess('heapwatch_process_start_time_seconds')}`;
}

function fact(id: number, title: string, description: string, unit: Unit, expression: string): Panel {
  const queries = [{ name: title, expression }];
  return { id, kind: 'stat', title, description, unit, width: 3, height: 4, queries };
}
