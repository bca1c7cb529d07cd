import type { LimitAssessment } from '../../model/assessment.ts';
import type { HistoryReading } from '../../model/history.ts';
import type { Ending, FatalLimit, Incident, TypeGrowth } from '../../model/incident.ts';
import { Html, html } from '../page/html.ts';
import { showBytes, showCount, showSeconds } from '../page/quantity.ts';
import { verdictWords } from '../page/verdict-words.ts';
import { type Line, lineChart } from './line-chart.ts';
import { reportStyle } from './report-style.ts';

const ENDING_WORDS: Readonly<Record<Ending, string>> = {
  oom_killed: 'killed by the kernel for want of memory',
  heap_limit: 'ended on the limit of its heap',
  crashed: 'crashed',
  ended: 'ended',
};

const SHOWN_TYPES = 20;
const CHARTED_TYPES = 5;

/** An incident as one page that needs nothing else, to be attached to a ticket. All names are the target's own words. */
export function incidentReport(incident: Incident): string {
  const { id, target, ending, assessment, endedAtSeconds, log, evidence } = incident;
  const when = new Date(endedAtSeconds * 1000).toISOString().replace('T', ' ').slice(0, 19);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${target.serviceName}: ${ENDING_WORDS[ending]}, ${when} UTC</title>
<style>${new Html(reportStyle)}</style>
</head>
<body>
<h1>${target.serviceName}: ${ENDING_WORDS[ending]}</h1>
<p>${when} UTC, after ${showSeconds(lifetime(incident))} · ${target.runtime} ${target.version} · ${target.command}, pid ${target.pid}</p>
<ul>${incident.proof.map((words) => html`<li>${words}</li>`)}</ul>
${incident.fatalLimit && html`<p>${fatalLimitWords(incident.fatalLimit)}</p>`}
<h2>What was the matter</h2>
<p>${assessment === undefined ? 'It was not watched long enough to say.' : verdictWords(assessment)}</p>
${assessment && html`<ul>${assessment.evidence.map(({ words }) => html`<li>${words}</li>`)}</ul>`}
${assessment && assessment.limits.length > 0 ? limitTable(assessment.limits) : undefined}
<h2>What to do next</h2>
<ul>${incident.advice.map((words) => html`<li>${words}</li>`)}</ul>
<h2>Memory</h2>
${memoryChart(incident) ?? html`<p>Too little was read for a chart.</p>`}
<h2>Types that grew</h2>
${incident.typeGrowth.length > 0 ? growthTable(incident) : html`<p>None is known to have: it takes two censuses.</p>`}
${typeChart(incident)}
<h2>Types at the end</h2>
${typeTable(incident)}
${log?.lines ? html`<p>What it logged of failures before the end: ${log.lines} lines in <code>${id}.log</code>.</p>` : undefined}
${evidence && html`<p>Before the end the JVM was asked for its class histogram: <code>evidence/${evidence.file}</code>, beside the folder of incidents.</p>`}
<p class="quiet">Counts include garbage that no collection had freed yet; bytes are the objects' own. Incident
${id} of heapwatch; the JSON beside this page has the rest.</p>
</body>
</html>
`.markup;
}

function lifetime({ endedAtSeconds, target }: Incident): number {
  return Math.max(0, endedAtSeconds - target.startTimeSeconds);
}

function fatalLimitWords({ limit, name, bytes, usedBytes }: FatalLimit): string {
  const whose = limit === 'cgroup' && name !== undefined ? `cgroup ${name}` : limit;
  const used = usedBytes === undefined ? '' : `, ${showBytes(usedBytes)} used when it was last read`;
  return `Limit of the ${whose}: ${bytes === undefined ? 'not known' : showBytes(bytes)}${used}.`;
}

function limitTable(limits: readonly LimitAssessment[]): Html {
  return html`<div class="table"><table>
<thead><tr><th>Limit</th><th class="number">Bytes</th><th class="number">Used</th><th class="number">Reached in</th></tr></thead>
<tbody>${limits.map(
    ({ limit, bytes, usedRatio, etaSeconds }) => html`<tr><td>${limit}</td><td class="number">${showBytes(bytes)}</td>
<td class="number">${usedRatio === undefined ? '' : `${Math.round(100 * usedRatio)} %`}</td>
<td class="number">${etaSeconds === undefined ? '' : showSeconds(etaSeconds)}</td></tr>`,
  )}</tbody></table></div>`;
}

function memoryChart({ history, endedAtSeconds, fatalLimit, assessment }: Incident): Html | undefined {
  const line = (name: string, value: (reading: HistoryReading) => number | undefined): Line => ({
    name,
    points: history.readings.flatMap((reading) => {
      const known = value(reading);
      return known === undefined ? [] : [[reading.atSeconds, known] as const];
    }),
  });
  const binding = assessment?.limits.find(({ limit }) => limit === assessment.bindingLimit);
  const bytes = fatalLimit?.bytes ?? binding?.bytes;
  return lineChart({
    title: 'Memory until the end',
    lines: [
      line('resident', ({ residentBytes }) => residentBytes),
      line('working set of the cgroup', ({ workingSetBytes }) => workingSetBytes),
      line('heap used', ({ heapUsedBytes }) => heapUsedBytes),
      line('live heap', ({ heapLiveBytes }) => heapLiveBytes),
    ],
    limit: bytes === undefined ? undefined : { name: `limit (${fatalLimit?.limit ?? binding?.limit})`, value: bytes },
    endSeconds: endedAtSeconds,
    show: showBytes,
  });
}

function typeChart({ history, typeGrowth, endedAtSeconds }: Incident): Html | undefined {
  const lines = typeGrowth.slice(0, CHARTED_TYPES).map(({ type }) => ({
    name: type,
    points: history.censuses.flatMap(({ atSeconds, types }) => {
      const row = types.find((candidate) => candidate.type === type);
      return row === undefined ? [] : [[atSeconds, row.count] as const];
    }),
  }));
  const show = (value: number) => showCount(Math.round(value));
  return lineChart({ title: 'Objects per type until the end', lines, endSeconds: endedAtSeconds, show });
}

function growthTable({ typeGrowth, history, assessment }: Incident): Html {
  const { censuses } = history;
  const seconds = (censuses.at(-1)?.atSeconds ?? 0) - (censuses[0]?.atSeconds ?? 0);
  const suspects = new Set(assessment?.suspects.map(({ type }) => type));
  const row = ({ type, firstCount, lastCount, firstBytes, lastBytes }: TypeGrowth) => html`<tr>
<td>${type}${suspects.has(type) ? html` <small>suspect</small>` : undefined}</td>
<td class="number">${showCount(firstCount)}</td><td class="number">${showCount(lastCount)}</td>
<td class="number">${showBytes(lastBytes - firstBytes)}</td></tr>`;
  return html`<p class="quiet">In ${showSeconds(seconds)}, ${censuses.length} censuses.</p><div class="table"><table>
<thead><tr><th>Type</th><th class="number">Objects before</th><th class="number">at the end</th><th class="number">Gained</th></tr></thead>
<tbody>${typeGrowth.slice(0, SHOWN_TYPES).map(row)}</tbody></table></div>`;
}

function typeTable({ types }: Incident): Html {
  if (types.length === 0) return html`<p>No census succeeded.</p>`;
  return html`<div class="table"><table>
<thead><tr><th>Type</th><th class="number">Objects</th><th class="number">Bytes</th></tr></thead>
<tbody>${types.slice(0, SHOWN_TYPES).map(
    ({ type, count, bytes }) => html`<tr><td>${type}</td><td class="number">${showCount(count)}</td>
<td class="number">${showBytes(bytes)}</td></tr>`,
  )}</tbody></table></div>`;
}
