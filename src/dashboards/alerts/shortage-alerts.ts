import { overflow } from '../../analysis/thresholds.ts';
import { metric } from '../metric.ts';
import type { Pace } from '../pace.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { alertThresholds } from './alert-thresholds.ts';
import { firstSteps, TARGET } from './target-words.ts';
import { judged } from './verdict-expressions.ts';

/** Memory is too small for honest work: nothing has to grow. */
export function shortageAlerts(pace: Pace): AlertGroup {
  return { name: 'heapwatch-shortage', alerts: [memoryOverflow(), gcThrashing(pace), limitsDoNotFit()] };
}

const usedRatio = (limit: string) => metric('heapwatch_memory_limit_used_ratio', { limit });

function memoryOverflow(): Alert {
  const steps = [
    'On its machine run `heapwatch top <pid> --growth 30s`: nothing should grow; what is there is what it needs.',
    'Undersized: a larger limit, fewer workers or threads, or a smaller heap in the same container.',
    'Only bursts: bound the batch or the request that makes them, or leave room for it.',
  ];
  return {
    name: 'HeapwatchOverflow',
    severity: 'warning',
    expression: judged('overflow'),
    forSeconds: 10 * 60,
    keepFiringSeconds: 30 * 60,
    summary: 'The memory of a process is too small for its work, though nothing leaks.',
    description: `Memory is too small for the work of ${TARGET}, though nothing leaks.${firstSteps(steps)}`,
    runbook: {
      meaning:
        'Without steady growth, the live heap or resident memory stands close below a limit, or spikes reach it, or collections of a high heap take much of the time: [how a verdict comes about](verdicts.md).',
      steps,
      limits: 'Silent for page cache, and for a heap that is used up to its limit by garbage alone.',
    },
  };
}

function gcThrashing({ duration }: Pace): Alert {
  const { windowSeconds, pauseShare } = alertThresholds.gcThrashing;
  const window = duration(windowSeconds);
  const pauses = metric('heapwatch_gc_pause_seconds_total');
  const full = metric('heapwatch_gc_collections_total', { gc: /major|old/ });
  const steps = [
    'On its machine run `heapwatch top <pid> --growth 30s`: does something grow? Then go on as under [HeapwatchLeak](#heapwatchleak).',
    'If nothing does, the heap is too small for its work: raise its limit (`-Xmx`, `--max-old-space-size`) within the container.',
    'Take load away meanwhile: the work that is left undone makes it worse.',
  ];
  return {
    name: 'HeapwatchGcThrashing',
    severity: 'warning',
    expression: `sum without (gc) (rate(${pauses}[${window}])) > ${pauseShare}
and sum without (gc) (increase(${full}[${window}])) > 0
and ignoring (limit) ${usedRatio('heap')} > ${overflow.gcFloorRatio}`,
    forSeconds: 5 * 60,
    keepFiringSeconds: 15 * 60,
    summary: 'A process spends a fifth of its time in garbage collections of a heap that is nearly full.',
    description: `${TARGET} spends {{ $value | humanizePercentage }} of its time in garbage collections, over a live heap near its limit.${firstSteps(steps)}`,
    runbook: {
      meaning:
        'Pauses for collections take a fifth of the time, full collections among them, and what survives them is two thirds of the limit or more.',
      steps,
      limits:
        'Where the runtime tells the time of its collections: JVMs but those with Shenandoah, and Node.js that watches itself. ZGC hardly pauses, it lets the program wait instead. Much garbage over a small live heap is silent: that is work for the CPU, not want of memory.',
    },
  };
}

function limitsDoNotFit(): Alert {
  const heapLimit = metric('heapwatch_memory_limit_bytes', { limit: 'heap' });
  const cgroupLimit = metric('heapwatch_memory_limit_bytes', { limit: 'cgroup' });
  const anonymous = metric('heapwatch_process_anonymous_memory_bytes');
  const committed = metric('heapwatch_heap_committed_bytes');
  const steps = [
    'On its machine run `heapwatch top <pid> --growth 30s`, to see what the heap holds now.',
    'Lower the limit of the heap (`-Xmx`, `--max-old-space-size`) so that the rest, threads and buffers and code, fits beside it; three quarters of the container is a beginning.',
    'Or raise the limit of the container: then the collector works before the kernel kills.',
  ];
  return {
    name: 'HeapwatchLimitsDoNotFit',
    severity: 'info',
    // A heap may hold pages that are not resident: the rest is never less than nothing.
    expression: `(
  ${heapLimit}
  + ignoring (limit) clamp_min(${anonymous} - ${committed}, 0)
) / ignoring (limit) ${cgroupLimit} > 1`,
    forSeconds: 30 * 60,
    keepFiringSeconds: 15 * 60,
    summary: 'The heap of a process may grow to more than its container has.',
    description: `The heap limit of ${TARGET} and what it holds outside its heap make {{ $value | humanizePercentage }} of its container: the kernel kills before the collector works hard.${firstSteps(steps)}`,
    runbook: {
      meaning:
        "The runtime's heap limit and the anonymous memory outside of the heap are together more than the limit of the cgroup.",
      steps,
      limits:
        'It says what may happen, not that it does: a process that never fills its heap lives well. CPython has no limit of its heap. Of Node.js with workers the limit of the main thread counts, and other processes in the container do not.',
    },
  };
}
