import { metric } from '../metric.ts';
import type { Pace } from '../pace.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { alertThresholds } from './alert-thresholds.ts';
import { firstSteps, TARGET } from './target-words.ts';

/** Whether we see the processes: silence must not be taken for health. */
export function watchingAlerts(pace: Pace): AlertGroup {
  return { name: 'heapwatch-watching', alerts: [targetUnreadable(pace), censusRefused(pace)] };
}

function targetUnreadable({ duration }: Pace): Alert {
  const up = metric('heapwatch_target_up');
  const denied = `sum without (reason) (${metric('heapwatch_targets_skipped', { reason: 'denied' })}) > 0`;
  const included = metric('heapwatch_target_info', { included: 'yes' });
  return {
    name: 'HeapwatchTargetUnreadable',
    severity: 'info',
    // Only where somebody has asked for processes; if they are all denied, nothing tells but that none is watched. A mean, as
    // single readings fail in busy processes; `and up` lets it end with the target.
    expression: `avg_over_time(${up}[${duration(15 * 60)}]) < 0.5 and ${up}
and on (service_name, runtime, pid, job, instance) ${included}
or
${denied} and on (job, instance) (${included} or ${metric('heapwatch_targets')} == 0)`,
    forSeconds: 30 * 60,
    keepFiringSeconds: 15 * 60,
    summary: 'heapwatch cannot read a process that it should watch.',
    description: `{{ if $labels.pid }}Most readings of ${TARGET} fail{{ else }}heapwatch at {{ $labels.instance }} is not permitted to look at {{ $value }} processes{{ end }}: no other alert speaks for what cannot be read. The log of heapwatch tells the reason{{ if $labels.pid }}, and so does \`heapwatch top {{ $labels.pid }} --growth 30s\` on its machine{{ end }}.`,
    runbook: {
      meaning:
        'The process is known, but its heap cannot be read: a version or build that heapwatch does not know, or permissions that it lacks. Without a pid: processes that look like ours may not even be looked at.',
      steps: [
        "Read heapwatch's log: it tells the reason once for each process, and what to change. `heapwatch top <pid> --growth 30s` on its machine tells it again.",
        'Permissions: run heapwatch as the same user and group as the process, or as root with `SYS_PTRACE` and `DAC_READ_SEARCH`; see "Permissions" in README.md.',
        'A version that is not supported stays unreadable: silence this alert for it.',
      ],
      limits:
        "Only where `--discovery.include` asks for processes, or no process at all can be watched: what is merely found may be nobody's concern. Silent for processes younger than half an hour, and when only some readings fail.",
    },
  };
}

function censusRefused({ duration }: Pace): Alert {
  const { windowSeconds } = alertThresholds.census;
  const window = duration(windowSeconds);
  const attempts = (result: string | RegExp) =>
    `sum without (result) (increase(${metric('heapwatch_census_total', { result })}[${window}])) > 0`;
  const steps = [
    'On its machine run `heapwatch top <pid> --growth 30s`: it tells the reason, and what to change; so does the log of heapwatch.',
    'A version or build whose objects cannot be told stays so: sizes and limits are watched, only types are not. Silence this alert for it.',
    'A heap that changes too fast to be read, or that is swapped out, needs a quieter time or more memory.',
  ];
  return {
    name: 'HeapwatchCensusRefused',
    severity: 'info',
    // Seen for as long as that: the first attempts after a start tell nothing.
    expression: `${attempts(/refused|failed/)}
unless ${attempts('ok')}
and ${metric('heapwatch_target_up')} == 1
and sum without (result) (${metric('heapwatch_census_total')} offset ${window})`,
    forSeconds: 10 * 60,
    keepFiringSeconds: 60 * 60,
    summary: 'The objects of a process could not be counted for two hours.',
    description: `No census of ${TARGET} has succeeded for two hours: what is said of it names no types.${firstSteps(steps)}`,
    runbook: {
      meaning: 'Censuses were tried, and each was refused or failed; vitals are read as usual.',
      steps,
      limits: 'Silent when one succeeds now and then, and when none is tried as the CPU budget is spent.',
    },
  };
}
