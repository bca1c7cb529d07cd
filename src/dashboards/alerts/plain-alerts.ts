import { thresholds } from '../../analysis/thresholds.ts';
import { headroom, olderThan } from '../headroom.ts';
import { metric } from '../metric.ts';
import type { Pace } from '../pace.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { alertThresholds } from './alert-thresholds.ts';
import { littleHeadroom } from './plain-headroom-alert.ts';
import { TARGET } from './target-words.ts';

/**
 * Growth of the live floor, for those who want no verdict. Not of use: what collections free never was growth. A fit alone
 * would take one step for a slope, so each part of its window must show growth too.
 */
export function plainAlerts(pace: Pace): AlertGroup {
  return { name: 'heapwatch-plain', alerts: [sustainedGrowth(pace), outOfMemoryPredicted(pace), littleHeadroom()] };
}

const floor = metric('heapwatch_heap_live_bytes');
const fullCollections = metric('heapwatch_gc_collections_total', { gc: /2|major|old/ });

function sustainedGrowth({ duration, seconds }: Pace): Alert {
  const limits = thresholds.growth;
  const { fitSeconds, horizonSeconds, lookBackSeconds } = limits;
  const left = headroom(limits.leastHeadroomRatio);
  const day = seconds(horizonSeconds);
  const third = fitSeconds / 3;
  const rate = `deriv(${floor}[${duration(fitSeconds)}])`;
  const lately = `deriv(${floor}[${duration(third)}])`;
  const grewBefore = (age: number) =>
    `deriv(${floor}[${duration(third)}] offset ${duration(age)}) * ${day} > ${limits.leastShareOfRate} * ${left}`;
  return {
    name: 'HeapwatchSustainedGrowth',
    severity: 'warning',
    expression: `(
  ${rate} * ${day} > ${left}
  and ${lately} * ${day} > ${left}
  and ${lately} > ${limits.leastShareOfRate} * ${rate}
  and ${grewBefore(third)}
  and ${grewBefore(2 * third)}
  and ${olderThan(seconds(fitSeconds))}
  and (
    sum without (gc) (increase(${fullCollections}[${duration(fitSeconds)}])) > ${limits.fullCollections}
    or ${floor} > ${limits.growthWithoutCollection} * min_over_time(${floor}[${duration(fitSeconds)}])
  )
)
unless (
  ${floor} <= max_over_time(${floor}[${duration(lookBackSeconds)}] offset ${duration(fitSeconds)})
  and ${olderThan(seconds(fitSeconds + lookBackSeconds))}
)`,
    forSeconds: 30 * 60,
    keepFiringSeconds: 60 * 60,
    summary: 'What a process keeps after garbage collections grows steadily, and would use up its memory within a day.',
    description: `The live heap of ${TARGET} has grown for six hours, by {{ $value | humanize1024 }}B a day at this rate, which is more than is left to its nearest limit. See which types grow: \`heapwatch top {{ $labels.pid }} --growth 30s\` on its machine.`,
    runbook: {
      meaning:
        'The heap that survives garbage collections has risen in each third of the last six hours, and at this rate the headroom to the nearest limit is gone within a day. That is a leak, or a queue that fills faster than it drains.',
      steps: [
        'On its machine run `heapwatch top <pid> --growth 30s`. Types of your own at the top name the place; `tuple` or `dict` beside a `deque` or `Queue` of yours is a backlog rather than a leak.',
        'On the dashboard "heapwatch: process", "Objects by type" shows since when they grow: compare with the last deployment.',
        'A backlog drains when load falls, or when its consumer is made faster. A leak needs a restart before "Used share of each limit" reaches 100 %, and then a fix.',
      ],
      limits:
        'Silent in the first six hours of a process, for a single step (a deployment, a reload), for a warm-up that flattens, and for a floor that was as high on the day before. A slow leak without full collections is told only when the heap has grown by a quarter, as it could be garbage until then.',
    },
  };
}

function outOfMemoryPredicted({ duration, seconds }: Pace): Alert {
  const { fitSeconds, horizonSeconds, leastAgeSeconds, leastShareOfRate, leastHeadroomRatio } =
    thresholds.outOfMemorySoon;
  const left = headroom(leastHeadroomRatio);
  const half = duration(fitSeconds / 2);
  const horizon = seconds(horizonSeconds);
  return {
    name: 'HeapwatchOutOfMemoryPredicted',
    severity: 'warning',
    expression: `predict_linear(${floor}[${duration(fitSeconds)}], ${horizon}) - ${floor} > ${left}
and deriv(${floor}[${half}]) * ${horizon} > ${left}
and deriv(${floor}[${half}] offset ${half}) * ${horizon} > ${leastShareOfRate} * ${left}
and changes(${floor}[${duration(fitSeconds)}]) >= ${alertThresholds.predictedFloors}
and ${olderThan(seconds(leastAgeSeconds))}`,
    forSeconds: 10 * 60,
    keepFiringSeconds: 15 * 60,
    summary: 'A process will run out of memory within four hours if its live heap grows on as in the last hour.',
    description: `At the rate of the last hour the live heap of ${TARGET} grows by {{ $value | humanize1024 }}B in the next four hours, which is more than is left to its nearest limit. See which types grow: \`heapwatch top {{ $labels.pid }} --growth 30s\` on its machine; then restart it in good order before the kernel does.`,
    runbook: {
      meaning:
        'A linear prediction from the last hour of the live heap passes the nearest limit within four hours, and both halves of that hour show the growth.',
      steps: [
        'Save the evidence while the process lives: `heapwatch top <pid> --growth 30s --json` on its machine.',
        'Gain time: raise the limit, take load away, or restart the instances one after the other.',
        'Then look for the cause as under [HeapwatchSustainedGrowth](#heapwatchsustainedgrowth).',
      ],
      limits:
        'Silent in the first two hours of a process, for a single step, and for growth that slows down in time. Steady growth that heads for the limit is told even if it would have stopped just below, as nobody can know that yet. Silent too where the heap is looked through less than four times an hour, as often in JVMs: a few steps are no line. Spikes that no full collection survives are not seen here.',
    },
  };
}
