import { metric } from '../metric.ts';
import type { Pace } from '../pace.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { growthWords, TARGET } from './target-words.ts';
import { judged, notYetUrgent, runningOut } from './verdict-expressions.ts';

/** What grows. The verdict has its own patience and holds for a while, so these wait only for a second look. */
export function verdictAlerts(pace: Pace): AlertGroup {
  const alerts = [leak(pace), nativeGrowth(pace), uncollectable(pace), backlog(pace), outOfMemorySoon(pace)];
  return { name: 'heapwatch-verdicts', alerts };
}

/** What those have in common that are a ticket and no page: they end where `HeapwatchOutOfMemorySoon` begins. */
function ticket(
  verdict: string,
  pace: Pace,
): Pick<Alert, 'severity' | 'expression' | 'forSeconds' | 'keepFiringSeconds'> {
  return {
    severity: 'warning',
    expression: notYetUrgent(verdict, pace),
    forSeconds: 2 * 60,
    keepFiringSeconds: 15 * 60,
  };
}

function leak(pace: Pace): Alert {
  const steps = [
    'On its machine run `heapwatch top <pid> --growth 30s`: do the suspects still gain objects?',
    'Find what holds them: a list, a cache without a bound, a listener or a session that nobody ends; on the dashboard "heapwatch: process" compare the beginning of the growth with the last deployment.',
    'Restart in good order before the time is over, and fix it; see "Suspects" on the dashboard, and the evidence in words on the page of heapwatch.',
  ];
  return {
    ...ticket(judged('leak', 'objects'), pace),
    name: 'HeapwatchLeak',
    summary: 'A process keeps objects that nobody needs any more.',
    description: growthWords(`${TARGET} leaks.`, steps),
    runbook: {
      meaning:
        'What survives garbage collections, or the number of open descriptors or threads, grows steadily, along a line, and more than load explains: [how a verdict comes about](verdicts.md).',
      steps,
      limits:
        'Silent while a process warms up, for caches that bend before they are believed, for growth that follows load, and when less than two hours are left: then [HeapwatchOutOfMemorySoon](#heapwatchoutofmemorysoon) speaks. A cache that fills along a straight line for many hours is taken for a leak until it levels off.',
    },
  };
}

function nativeGrowth(pace: Pace): Alert {
  const steps = [
    'On its machine run `heapwatch top <pid> --growth 30s`: nothing of the heap should grow; if it does, go on as under [HeapwatchLeak](#heapwatchleak).',
    'Look at extensions, buffers outside the heap, threads and their stacks, and the allocator: fragments look the same, and `MALLOC_ARENA_MAX=2` or another allocator tells.',
    'Restart in good order before the time is over; no census can name what is outside the heap.',
  ];
  return {
    ...ticket(judged('leak', 'native'), pace),
    name: 'HeapwatchNativeGrowth',
    summary: 'Memory of a process outside its heap grows, while the heap does not.',
    description: growthWords(`Memory of ${TARGET} outside its heap grows, the heap does not.`, steps),
    runbook: {
      meaning: "Anonymous memory that the runtime's heap does not account for grows steadily.",
      steps,
      limits:
        'Told late, as a heap that takes and gives back memory hides it. Fragmentation that saturates over many hours may be called a leak.',
    },
  };
}

function uncollectable(pace: Pace): Alert {
  const steps = [
    'On its machine run `heapwatch top <pid> --growth 30s`; the panel "gc.garbage" of the dashboard "heapwatch: process" says whether objects are kept aside there.',
    'If so: finalisers in cycles (Python 2), or `gc.set_debug(gc.DEBUG_SAVEALL)` that was left on.',
    'If not: `gc.disable()` or `gc.freeze()` without its end; let the collector run again.',
  ];
  return {
    ...ticket(judged('leak', 'uncollectable'), pace),
    name: 'HeapwatchUncollectable',
    summary: 'Garbage of a process grows that its collector may not free.',
    description: growthWords(`${TARGET} keeps garbage that its collector may not free.`, steps),
    runbook: {
      meaning: 'Objects add up in `gc.garbage`, or the heap grows while the cyclic collector is switched off.',
      steps,
      limits: 'CPython only. A collector that is switched off on purpose, in a process that does not grow, is silent.',
    },
  };
}

function backlog(pace: Pace): Alert {
  const steps = [
    'On its machine run `heapwatch top <pid> --growth 30s`: the suspects are the elements that wait, and their parts.',
    'Look at the consumer: is it slower, stuck or gone? At the producer: did load step up at the beginning of the growth?',
    'More consumers, less load, or a bound for the queue, that pushes back. It drains then; a restart loses what waits.',
  ];
  return {
    ...ticket(judged('backlog'), pace),
    name: 'HeapwatchBacklog',
    summary: 'More comes into a process than it works off: a queue grows.',
    description: growthWords(`${TARGET} is given more than it works off, and what waits grows.`, steps),
    runbook: {
      meaning:
        'Growth began with a sudden lasting step of load, up, or down as when a consumer died, and would fill memory within hours.',
      steps,
      limits:
        'Over when it has drained. A batch whose load steps up while it collects its results looks the same. Growth for hours at normal load becomes [HeapwatchLeak](#heapwatchleak).',
    },
  };
}

function outOfMemorySoon(pace: Pace): Alert {
  const steps = [
    'Save the evidence while the process lives: `heapwatch top <pid> --growth 30s --json` on its machine.',
    'Gain time: raise the limit, take load away, or restart the instances one after the other.',
    'Then look for the cause as under [HeapwatchLeak](#heapwatchleak) or [HeapwatchBacklog](#heapwatchbacklog).',
  ];
  return {
    name: 'HeapwatchOutOfMemorySoon',
    severity: 'critical',
    expression: `${runningOut(pace)}
and max without (verdict, cause) (${metric('heapwatch_verdict', { verdict: /leak|backlog/ })}) == 1`,
    forSeconds: 60,
    keepFiringSeconds: 10 * 60,
    summary: 'A process that leaks, or whose queue overflows, runs out of memory within two hours.',
    description: growthWords(`${TARGET} runs out of memory within two hours.`, steps),
    runbook: {
      meaning:
        'The verdict is leak or backlog, and what grows meets the nearest limit in less than two hours at its present rate.',
      steps,
      limits:
        'Only growth that is steady is told: one request that takes all memory at once ends the process without a word. Where no limit is known but that of the node, the node is what is met.',
    },
  };
}
