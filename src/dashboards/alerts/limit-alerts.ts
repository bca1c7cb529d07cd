import { thresholds } from '../../analysis/thresholds.ts';
import { metric } from '../metric.ts';
import type { Pace } from '../pace.ts';
import { type Alert, type AlertGroup, TARGET } from './alert.ts';

/** How near the limits are, and what happened when one was met. */
export function limitAlerts(pace: Pace): AlertGroup {
  return { name: 'heapwatch-limits', alerts: [littleHeadroom(), outOfMemoryKilled(pace)] };
}

function littleHeadroom(): Alert {
  const { usedRatio, anonymousRatio, nodeShare } = thresholds.littleHeadroom;
  const nearlyUsed = (limit: string) => `${metric('heapwatch_memory_limit_used_ratio', { limit })} > ${usedRatio}`;
  const anonymous = metric('heapwatch_process_anonymous_memory_bytes');
  const cgroupAnonymous = metric('heapwatch_cgroup_memory_anonymous_bytes');
  // Not the cgroup's own limit: the one that is met first may be its pod's.
  const cgroupLimit = metric('heapwatch_memory_limit_bytes', { limit: 'cgroup' });
  const nodeMemory = metric('heapwatch_memory_limit_bytes', { limit: 'node' });
  return {
    name: 'HeapwatchLittleHeadroom',
    severity: 'warning',
    expression: `max without (limit) (
    ${nearlyUsed('heap')}
  or (
    ${nearlyUsed('cgroup')}
    and ignoring (limit)
    ${cgroupAnonymous} > ignoring (limit) ${anonymousRatio} * ${cgroupLimit}
  )
  or (
    ${nearlyUsed('node')}
    and ignoring (limit)
    ${anonymous} > ignoring (limit) ${nodeShare} * ${nodeMemory}
  )
)`,
    forSeconds: 30 * 60,
    keepFiringSeconds: 15 * 60,
    summary: 'A process has used more than nine tenths of its nearest memory limit for half an hour.',
    description: `${TARGET} has used {{ $value | humanizePercentage }} of its nearest memory limit, and it is no page cache that could be dropped. See what fills it: \`heapwatch top {{ $labels.pid }} --growth 30s\` on its machine. If nothing grows, the limit is too small for its work.`,
    runbook: {
      meaning:
        "The live heap (against the runtime's own limit) or the working set (against the limit of the cgroup or the memory of the node) is above 90 %. For a cgroup, three quarters of the limit are anonymous memory of all its processes; on a full node, only processes with a fifth of its memory are named.",
      steps: [
        'On its machine run `heapwatch top <pid> --growth 30s`: does something grow?',
        'If not, memory is too small for honest work: raise the limit, or run fewer workers or threads in it.',
        'If so, go on as under [HeapwatchSustainedGrowth](#heapwatchsustainedgrowth).',
      ],
      limits:
        'Page cache does not count, nor memory that a runtime has reserved but does not use. Where the limit of a whole pod is the nearest, containers are not added up: one of them alone must hold three quarters of it.',
    },
  };
}

function outOfMemoryKilled({ duration }: Pace): Alert {
  const kills = metric('heapwatch_oom_kills_total');
  const window = duration(10 * 60);
  return {
    name: 'HeapwatchOutOfMemoryKilled',
    severity: 'warning',
    // `increase` does not see a counter that begins above 0: a kill before Prometheus scraped the service once.
    expression: `increase(${kills}[${window}]) > 0
or
${kills} > 0 unless max_over_time(${kills}[${duration(60 * 60)}] offset ${window})`,
    keepFiringSeconds: 30 * 60,
    summary: 'The kernel has killed a watched process because its memory limit was reached.',
    description:
      'A process of {{ $labels.service_name }}, seen by {{ $labels.instance }}, was killed by the kernel for want of memory. The dashboard "heapwatch: process" still has its objects by type before its death. If another has started, see whether it goes the same way: `heapwatch top <pid> --growth 30s` on its machine.',
    runbook: {
      meaning: "A watched process ended while the kernel's out-of-memory killer struck in its cgroup.",
      steps: [
        'On the dashboard "heapwatch: process" choose the pid that died: did the live floor climb to the limit, or did a burst jump over it?',
        'If it climbed, the types that grew last are the suspects; run `heapwatch top <pid> --growth 30s` on its successor.',
        'If it jumped, look for one large request or job at that time, and for a limit that leaves no room for it.',
      ],
      limits:
        'Kills are counted per service, as the process is gone. Children that are not watched do not count, nor does a container or unit outside Kubernetes (and any on cgroup v1) that vanishes with its cgroup before its kill is read. After the exporter itself was restarted the count begins again at 0, which is no kill.',
    },
  };
}
