import { metric } from '../metric.ts';
import type { Pace } from '../pace.ts';
import { type Alert, type AlertGroup, TARGET } from './alert.ts';

/** Whether we see at all: silence must not be taken for health. */
export function watchingAlerts(pace: Pace): AlertGroup {
  return { name: 'heapwatch-watching', alerts: [targetUnreadable(pace), discoveryFails(pace), down(pace)] };
}

function targetUnreadable({ duration }: Pace): Alert {
  const up = metric('heapwatch_target_up');
  const denied = metric('heapwatch_targets_skipped', { reason: 'denied' });
  return {
    name: 'HeapwatchTargetUnreadable',
    severity: 'info',
    // A mean, as single readings fail in busy processes; `and up` lets it end with the target.
    expression: `avg_over_time(${up}[${duration(15 * 60)}]) < 0.5 and ${up}
or
sum without (reason) (${denied}) > 0`,
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
      limits: 'Silent for processes younger than half an hour, and when only some readings fail.',
    },
  };
}

function discoveryFails({ duration }: Pace): Alert {
  const errors = metric('heapwatch_collector_errors_total', { collector: 'discovery' });
  return {
    name: 'HeapwatchDiscoveryFails',
    severity: 'warning',
    // Single processes that cannot be looked at are counted too: only without a count of targets it fails as a whole.
    expression: `sum without (reason) (increase(${errors}[${duration(10 * 60)}])) > 0
unless ignoring (collector)
${metric('heapwatch_targets')}`,
    forSeconds: 10 * 60,
    keepFiringSeconds: 5 * 60,
    summary: 'heapwatch cannot look for processes.',
    description:
      'heapwatch at {{ $labels.instance }} answers, but cannot list the processes of its machine: new ones are not watched, and nobody knows how many there are. Its log tells the reason, most often a wrong `--path.procfs`; meanwhile `heapwatch top <pid> --growth 30s` works without it.',
    runbook: {
      meaning:
        'Every look for processes has failed for ten minutes. Those that were found before are still read; if there are none, heapwatch watches nothing.',
      steps: [
        'Read heapwatch\'s log: it tells the reason once, as "looking for processes failed". `/readyz` answers 503 meanwhile.',
        "Compare `--path.procfs` with where procfs is mounted. In a container the host's `/proc` must be mounted there, with all processes visible: `hostPID`, and no `hidepid`.",
        'Until then `heapwatch top <pid> --growth 30s` works on the machine of a process, without the exporter.',
      ],
      limits:
        'Silent while some looks succeed, and for single processes that cannot be looked at: the log tells of those, and heapwatch_targets_skipped when permissions are the reason.',
    },
  };
}

function down({ duration }: Pace): Alert {
  const build = metric('heapwatch_build_info');
  const unreachable = `up == 0 and on (job, instance) max_over_time(${build}[${duration(24 * 60 * 60)}])`;
  return {
    name: 'HeapwatchDown',
    severity: 'warning',
    // By what it once exported, as nobody can know under which job name it is scraped.
    expression: `${unreachable}
or
absent(${build}) unless on () (${unreachable})`,
    forSeconds: 10 * 60,
    keepFiringSeconds: 5 * 60,
    summary: 'Prometheus does not get metrics from heapwatch.',
    description:
      '{{ if $labels.instance }}heapwatch at {{ $labels.instance }} does not answer{{ else }}No heapwatch is scraped at all{{ end }}: nobody watches the heaps there, and none of its alerts can fire. See whether it runs, and what its log says; meanwhile `heapwatch top <pid> --growth 30s` works without it.',
    runbook: {
      meaning:
        'An address that exported heapwatch within the last day does not answer to Prometheus, or no heapwatch is scraped anywhere.',
      steps: [
        'Open `/healthz` of that address. No answer: look at its log, whether its own memory limit killed it, and whether the port is taken.',
        'If it answers, read the error under Status, Targets in Prometheus: network policy, TLS, or the path.',
        'No heapwatch anywhere: does Prometheus pick up the PodMonitor or the scrape configuration at all? With the operator, compare their labels to its selectors.',
        'Until then `heapwatch top <pid> --growth 30s` works on the machine of a process, without the exporter.',
      ],
      limits:
        'A heapwatch whose target was removed from Prometheus on purpose is silent, as long as another one is scraped.',
    },
  };
}
