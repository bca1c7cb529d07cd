import { targetId } from '../../exporters/json/target-json.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { Snapshot, TargetSnapshot } from '../../model/snapshot.ts';
import type { Asset } from '../assets.ts';
import { Html, html } from './html.ts';
import { showBytes, showCount, showSeconds } from './quantity.ts';
import { verdictWords } from './verdict-words.ts';
import { watchedWords } from './watched-words.ts';

export interface LandingContent {
  readonly snapshot: Snapshot;
  /** Unix time. */
  readonly nowSeconds: number;
  readonly version: string;
  readonly telemetryPath: string;
  readonly assets: readonly Asset[];
}

/** The page loads from us and asks us, and nobody else. */
export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const SHOWN_TYPES = 5;

/**
 * The page at / : who is watched, and what fills their heaps. Names of types and services are the targets' own words.
 * A browser that runs scripts replaces what is in <main> by what is live; others have it as it is.
 */
export function landingPage({ snapshot, nowSeconds, version, telemetryPath, assets }: LandingContent): string {
  const targets = [...snapshot.targets].sort((a, b) => usedBytes(b) - usedBytes(a));
  const url = (name: string) => assets.find((asset) => asset.name === name)?.url;
  const [script, style, icon] = [url('page.js'), url('page.css'), url('icon.svg')];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>heapwatch</title>
${icon && html`<link rel="icon" href="${icon}">`}
${style && html`<link rel="stylesheet" href="${style}">`}
${script && html`<script type="module" src="${script}"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/">heapwatch</a> <small>${version}</small>
<nav id="views" aria-label="Views"></nav>
<p id="connection" class="quiet" role="status"></p>
</header>
<main id="main" tabindex="-1">
<h1>Watched processes</h1>
<p>${summary(snapshot)}</p>
${targets.length > 0 ? targetTable(targets, nowSeconds) : undefined}
<p class="quiet">Counts include garbage that no collection has freed yet; bytes are the objects' own. Reload for newer
numbers.</p>
</main>
<footer class="quiet"><a href="${telemetryPath}">metrics</a> · <a href="/healthz">health</a> ·
<a href="/readyz">readiness</a> · <a href="/api/v1/targets">API</a>
(<a href="/api/v1/openapi.json">description</a>)</footer>
</body>
</html>
`.markup;
}

function summary({ takenAtSeconds, targets, skipped, discoveryFailure }: Snapshot): string {
  return watchedWords({ takenAtSeconds, targets: targets.length, skipped, failure: discoveryFailure?.message });
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
