import { metric } from '../metric.ts';
import type { Pace } from '../pace.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { firstSteps } from './target-words.ts';

/** Memory ran out. What died has no pid any more: these are counted by service. */
export function deathAlerts(pace: Pace): AlertGroup {
  return { name: 'heapwatch-deaths', alerts: [outOfMemoryKilled(pace), outOfMemoryErrors(pace)] };
}

/** A counter that rose lately. `increase` does not see one that begins above 0: what was before the first scrape. */
function roseLately(counter: string, { duration }: Pace): string {
  const window = duration(10 * 60);
  return `increase(${counter}[${window}]) > 0
or
${counter} > 0 unless max_over_time(${counter}[${duration(60 * 60)}] offset ${window})`;
}

function outOfMemoryKilled(pace: Pace): Alert {
  const steps = [
    'On the dashboard "heapwatch: process" choose the pid that died: did the live floor climb to the limit, or did a burst jump over it?',
    'If it climbed, the types that grew last are the suspects; run `heapwatch top <pid> --growth 30s` on its successor.',
    'If it jumped, look for one large request or job at that time, and for a limit that leaves no room for it.',
  ];
  return {
    name: 'HeapwatchOutOfMemoryKilled',
    severity: 'critical',
    expression: roseLately(metric('heapwatch_oom_kills_total'), pace),
    keepFiringSeconds: 30 * 60,
    summary: 'The kernel has killed a watched process because its memory limit was reached.',
    description: `A process of {{ $labels.service_name }}, seen by {{ $labels.instance }}, was killed by the kernel for want of memory.${firstSteps(steps, '<pid>')}`,
    runbook: {
      meaning: "A watched process ended while the kernel's out-of-memory killer struck in its cgroup.",
      steps,
      limits:
        'Kills are counted per service, as the process is gone. Children that are not watched do not count, nor does a container or unit outside Kubernetes (and any on cgroup v1) that vanishes with its cgroup before its kill is read. After the exporter itself was restarted the count begins again at 0, which is no kill.',
    },
  };
}

function outOfMemoryErrors(pace: Pace): Alert {
  const steps = [
    'Look into the log of the service: which part of it was refused memory, and does the service still answer? After such an error a JVM may live on with broken state.',
    'On its machine run `heapwatch top <pid> --growth 30s`, and see on the dashboard "heapwatch: process" whether the live floor climbed to the limit or one request asked for too much.',
    'Restart it in good order; raise the limit (of a JVM `-Xmx` or `-XX:MaxMetaspaceSize`), or fix what grows.',
  ];
  return {
    name: 'HeapwatchOutOfMemoryErrors',
    severity: 'critical',
    expression: roseLately(metric('heapwatch_out_of_memory_errors_total'), pace),
    keepFiringSeconds: 30 * 60,
    summary: 'A process was refused memory.',
    description: `A process of {{ $labels.service_name }}, seen by {{ $labels.instance }}, was refused memory: a JVM counted an OutOfMemoryError, or its log told of a memory error ({{ $labels.kind }}).${firstSteps(steps, '<pid>')}`,
    runbook: {
      meaning: 'The runtime could not give memory that was asked for: in a JVM of the heap, or for classes.',
      steps,
      limits:
        'Errors that the program catches count too. A JVM does not tell of threads that cannot be made, and of nothing in JDK 8 and where libjvm is stripped. Other runtimes count none: theirs are seen only with `--log.watch`, and when they are logged.',
    },
  };
}
