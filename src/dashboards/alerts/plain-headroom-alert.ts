import { thresholds } from '../../analysis/thresholds.ts';
import { metric } from '../metric.ts';
import type { Alert } from './alert.ts';
import { TARGET } from './target-words.ts';

/** How near the limits are. */
export function littleHeadroom(): Alert {
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
