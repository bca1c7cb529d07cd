import type { MetricName } from '../../metrics/catalogue.ts';

/**
 * Parts of a description, in the templates of Prometheus. What a label of an alert must not be, as it changes, is asked
 * for when the alert is written: the types, the time that is left.
 */

/** Must begin a description that asks for more: the selector of the alert's own process. */
const SERIES =
  '{{ $of := printf "{service_name=%q,runtime=%q,pid=%q,job=%q,instance=%q}" $labels.service_name $labels.runtime $labels.pid $labels.job $labels.instance }}';

/** A target; without `honor_labels` its pod is `exported_pod`, and `pod` is that of the exporter. */
export const TARGET =
  '{{ $labels.service_name }} (pid {{ $labels.pid }}{{ with or $labels.exported_pod $labels.pod }} in pod {{ . }}{{ end }}, seen by {{ $labels.instance }})';

/** `asked` may use `{{ . }}`, the value; nothing is said when there is none. */
function asked(expression: (of: string) => string, words: string, otherwise = ''): string {
  const query = `query (printf ${JSON.stringify(expression('%s'))} $of)`;
  const instead = otherwise && `{{ else }}${otherwise}`;
  return `{{ with ${query} }}{{ with . | first | value }}${words}{{ end }}${instead}{{ end }}`;
}

const name = (metric: MetricName) => metric;

const SUSPECTS = `{{ with query (printf "sort(${name('heapwatch_suspect_rank')}%s)" $of) }} Made of, the most suspicious first: {{ range $index, $suspect := . }}{{ if $index }}, {{ end }}{{ $suspect.Labels.type }}{{ end }}.{{ end }}`;

const GROWTH = asked(
  (of) => `${name('heapwatch_growth_bytes_per_second')}${of} * 3600`,
  ' It grows by {{ . | humanize1024 }}B an hour',
);

const SINCE = asked(
  (of) => `time() - ${name('heapwatch_growth_start_timestamp_seconds')}${of}`,
  ', for {{ . | humanizeDuration }} now',
);

const LEFT = asked(
  (of) => `${name('heapwatch_oom_eta_seconds')}${of}`,
  ' At this rate its nearest limit is met in {{ . | humanizeDuration }}.',
  ' How much time is left is not known.',
);

/** A description: the sentence, what it is made of and how long it takes, and what to do first. */
export function growthWords(sentence: string, steps: readonly string[]): string {
  return `${SERIES}${sentence}${SUSPECTS}${GROWTH}${SINCE}{{ if query (printf "${name('heapwatch_growth_bytes_per_second')}%s" $of) }}.{{ end }}${LEFT}${firstSteps(steps)}`;
}

/** The steps of a runbook as they are said in a description: for this process, if there is one, and without links. */
export function firstSteps(steps: readonly string[], pid = '{{ $labels.pid }}'): string {
  const said = steps.slice(0, 3).map((step, index) => {
    const plain = step.replaceAll('<pid>', pid).replaceAll(/\[(\w+)\]\(#\w+\)/g, '$1');
    return `${index + 1}. ${plain}`;
  });
  return ` First: ${said.join(' ')}`;
}
