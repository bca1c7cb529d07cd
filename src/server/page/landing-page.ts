import { createHash } from 'node:crypto';
import { targetId } from '../../exporters/json/target-json.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { Snapshot, TargetSnapshot } from '../../model/snapshot.ts';
import { Html, html } from './html.ts';
import { showBytes, showCount, showSeconds } from './quantity.ts';
import { style } from './style.ts';
import { verdictWords } from './verdict-words.ts';

export interface LandingContent {
  readonly snapshot: Snapshot;
  /** Unix time. */
  readonly nowSeconds: number;
  readonly version: string;
  readonly telemetryPath: string;
}

const styleHash = createHash('sha256').update(style).digest('base64');

/** Nothing runs and nothing is loaded but the style that stands in the page. */
export const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const SHOWN_TYPES = 5;

/** The page at / : who is watched, and what fills their heaps. Names of types and services are the targets' own words. */
export function landingPage({ snapshot, nowSeconds, version, telemetryPath }: LandingContent): string {
  const targets = [...snapshot.targets].sort((a, b) => usedBytes(b) - usedBytes(a));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>heapwatch</title>
<style>${new Html(style)}</style>
</head>
<body>
<h1>heapwatch <small>${version}</small></h1>
<p>${summary(snapshot)}</p>
<p><a href="${telemetryPath}">metrics</a> · <a href="/healthz">health</a> · <a href="/readyz">readiness</a> ·
<a href="/api/v1/targets">API</a> (<a href="/api/v1/openapi.json">description</a>)</p>
${targets.length > 0 ? targetTable(targets, nowSeconds) : undefined}
<p class="quiet">Counts include garbage that no collection has freed yet; bytes are the objects' own. Reload for newer
numbers.</p>
</body>
</html>
`.markup;
}

function summary({ takenAtSeconds, targets, skipped, discoveryFailure }: Snapshot): string {
  if (takenAtSeconds === 0) return 'The first look around has not ended yet.';
  if (discoveryFailure !== undefined) return `Looking for processes fails: ${discoveryFailure.message}.`;
  const reasons = Object.entries(skipped).filter(([, count]) => count > 0);
  const others = reasons.map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`).join(', ');
  const watched = targets.length === 1 ? '1 process is watched' : `${targets.length} processes are watched`;
  return others === '' ? `${watched}.` : `${watched}; not watched: ${others}.`;
}

function targetTable(targets: readonly TargetSnapshot[], nowSeconds: number): Html {
  return html`<div class="table"><table>
<thead><tr><th>Service</th><th>Runtime</th><th class="number">Pid</th><th class="number">Heap used</th>
<th class="number">Resident</th><th>Verdict</th><th>Most objects</th><th class="number">Census</th></tr></thead>
<tbody>
${targets.map((target) => targetRow(target, nowSeconds))}
</tbody>
</table></div>`;
}

function targetRow(snapshot: TargetSnapshot, nowSeconds: number): Html {
  const { target, vitals, assessment, census, failure } = snapshot;
  const heap = vitals?.heap?.usedBytes;
  return html`<tr>
<td>${target.serviceName}<br><small>${target.command}</small></td>
<td>${target.runtime} ${target.version}</td>
<td class="number"><a href="/api/v1/targets/${targetId(target.process)}">${target.process.pid}</a></td>
<td class="number">${heap === undefined ? undefined : showBytes(heap)}</td>
<td class="number">${vitals === undefined ? undefined : showBytes(vitals.process.residentBytes)}</td>
${assessment === undefined ? html`<td></td>` : verdictCell(assessment)}
${failure === undefined ? typesCell(snapshot) : html`<td class="problem">${failure.message}</td>`}
<td class="number">${census === undefined ? undefined : html`${showSeconds(nowSeconds - census.takenAtSeconds)} ago`}</td>
</tr>`;
}

function verdictCell(assessment: Assessment): Html {
  const isTrouble = assessment.cause !== undefined || assessment.verdict === 'backlog';
  const why = assessment.evidence.map(({ words }) => words).join('; ');
  return html`<td${isTrouble ? new Html(' class="problem"') : undefined} title="${why}">${verdictWords(assessment)}</td>`;
}

function typesCell({ census, exportedTypes, censusFailure }: TargetSnapshot): Html {
  if (census === undefined) return html`<td class="problem">${censusFailure?.message}</td>`;
  const named = exportedTypes.filter(({ type }) => type !== '(other)');
  const top = named.toSorted((a, b) => b.count - a.count).slice(0, SHOWN_TYPES);
  return html`<td><ol>${top.map(
    ({ type, count, bytes }) => html`<li>${type} <small>${showCount(count)} · ${showBytes(bytes)}</small></li>`,
  )}</ol></td>`;
}

function usedBytes({ vitals }: TargetSnapshot): number {
  return vitals?.heap?.usedBytes ?? vitals?.process.residentBytes ?? 0;
}
