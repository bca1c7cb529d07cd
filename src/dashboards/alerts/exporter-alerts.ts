import { metric } from '../metric.ts';
import type { Pace } from '../pace.ts';
import type { Alert, AlertGroup } from './alert.ts';
import { alertThresholds } from './alert-thresholds.ts';

/** Whether heapwatch itself is well: without it no other alert can speak. */
export function exporterAlerts(pace: Pace): AlertGroup {
  return {
    name: 'heapwatch-exporter',
    alerts: [discoveryFails(pace), down(pace), overBudget(pace), webConfigRefused()],
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

function overBudget({ duration }: Pace): Alert {
  const { windowSeconds, cores, residentBytes } = alertThresholds.budget;
  const ours = `and on (job, instance) ${metric('heapwatch_build_info')}`;
  return {
    name: 'HeapwatchOverBudget',
    severity: 'warning',
    // What prom-client says of the exporter's own process.
    expression: `rate(process_cpu_seconds_total[${duration(windowSeconds)}]) > ${cores} ${ours}
or
process_resident_memory_bytes > ${residentBytes} ${ours}`,
    forSeconds: 30 * 60,
    keepFiringSeconds: 15 * 60,
    summary: 'heapwatch itself uses more than its share of the processor or of memory.',
    description:
      'heapwatch at {{ $labels.instance }} uses {{ if lt $value 1000.0 }}{{ $value | humanizePercentage }} of a core{{ else }}{{ $value | humanize1024 }}B of memory{{ end }}, more than it should. First: 1. Look at the dashboard "heapwatch: exporter", which part takes the time. 2. Watch fewer processes (`--discovery.include`), or lower `--census.cpu-budget` and `--census.types`. 3. Tell us what was watched; `heapwatch top <pid> --growth 30s` works without it.',
    runbook: {
      meaning:
        'Over an hour it used more than 16 % of a core: 5 % are for censuses and 3 % for readings, as it is set, the rest for scrapes, pages and verdicts. Or its resident memory is above 350 MiB, where the chart allows 512.',
      steps: [
        'Look at the dashboard "heapwatch: exporter", which part takes the time, and how many processes and series there are.',
        'Watch fewer processes (`--discovery.include`, `--discovery.max-targets`), or lower `--census.cpu-budget` and `--census.types`.',
        'If neither explains it, tell us: heapwatch must not be the leak. Until then `heapwatch top <pid> --growth 30s` works without it.',
      ],
      limits: 'Too strict where `--census.cpu-budget` was raised on purpose: raise the threshold with it.',
    },
  };
}

function webConfigRefused(): Alert {
  return {
    name: 'HeapwatchWebConfigRefused',
    severity: 'warning',
    expression: `${metric('heapwatch_web_config_last_reload_successful')} == 0`,
    // Whoever edits it by hand, or brings a certificate and its key one after the other, has mended it by then.
    forSeconds: 10 * 60,
    keepFiringSeconds: 5 * 60,
    summary: 'The web configuration of heapwatch has changed and cannot be used.',
    description:
      'heapwatch at {{ $labels.instance }} cannot use its changed `--web.config.file`, or a certificate that it names: the former ones stay in force, whoever was to be let in or kept out, and when that certificate runs out nobody can scrape any more. First: 1. Read its log for each mistake with its line. 2. Mend the file before anything restarts heapwatch, which would not start with it. 3. Restart it only where the log asks for that. `heapwatch top <pid> --growth 30s` works without it.',
    runbook: {
      meaning:
        'For ten minutes the file of `--web.config.file`, or a certificate, key or authority that it names, has been another one than is in use, and cannot be used. The former users and certificates are still in force.',
      steps: [
        'Read heapwatch\'s log, at the line "the web configuration has changed and cannot be used": it lists every mistake with its line, and no secret.',
        'A certificate that was renewed without its key, a file that a Secret lacks, a password in place of its hash: mend it. It is in use two seconds later, or once kubelet has brought the new Secret to the pod.',
        'Do so before heapwatch restarts: with such a file it ends at once, with exit code 2.',
        'Where the log says "by a restart", TLS was switched on or off or `client_auth_type` was changed: restart it, and let Prometheus and the probes ask as it then wants.',
      ],
      limits:
        'It does not know when the certificate in use runs out. A heapwatch that has just been started with a wrong file is not there to tell: HeapwatchDown does.',
    },
  };
}
