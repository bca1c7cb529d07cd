import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from './until.ts';

/** A sample of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A Prometheus that scrapes one address. */
export interface Prometheus {
  query(expression: string): Promise<Sample[]>;
  /** How long the last evaluation of each group of rules took. */
  ruleSeconds(): Promise<Readonly<Record<string, number>>>;
  /** What went wrong when rules were evaluated last. */
  ruleErrors(): Promise<string[]>;
}

/** Whether a tool can be run here. */
export function isInstalled(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** What Prometheus does besides scraping. */
export interface Alerting {
  /** Texts of rule files. */
  readonly rules: readonly string[];
  /** Host and port of the Alertmanager. */
  readonly alertmanager: string;
}

interface RuleGroup {
  readonly name: string;
  readonly evaluationTime: number;
  readonly rules: readonly { readonly lastError?: string }[];
}

/**
 * Starts Prometheus on a free port with data of its own; both go with the test. It scrapes and evaluates at `interval`;
 * `admission` is what else its scrape configuration says, to be let in.
 */
export async function startPrometheus(
  targetUrl: string,
  alerting?: Alerting,
  interval = '1s',
  admission: Readonly<Record<string, unknown>> = {},
): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-prometheus-'));
  const port = await freePort();
  const { host } = new URL(targetUrl);
  const scrape = { job_name: 'heapwatch', ...admission, static_configs: [{ targets: [host] }] };
  writeFileSync(
    join(folder, 'prometheus.yml'),
    [
      `global: { scrape_interval: ${interval}, evaluation_interval: ${interval} }`,
      `scrape_configs: [${JSON.stringify(scrape)}]`,
      ...(alerting === undefined
        ? []
        : [
            'rule_files: ["*.rules.yaml"]',
            `alerting: { alertmanagers: [{ static_configs: [{ targets: ['${alerting.alertmanager}'] }] }] }`,
          ]),
      '',
    ].join('\n'),
  );
  for (const [index, text] of alerting?.rules.entries() ?? []) writeFileSync(join(folder, `${index}.rules.yaml`), text);
  const child = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const ruleGroups = async () => {
    const { data } = (await (await get('/api/v1/rules')).json()) as { data: { groups: RuleGroup[] } };
    return data.groups;
  };
  await until('Prometheus to be ready', 30_000, () => get('/-/ready'));
  return {
    query: async (expression) => {
      const answer = await get(`/api/v1/query?query=${encodeURIComponent(expression)}`);
      return ((await answer.json()) as { data: { result: Sample[] } }).data.result;
    },
    ruleSeconds: async () =>
      Object.fromEntries((await ruleGroups()).map(({ name, evaluationTime }) => [name, evaluationTime])),
    ruleErrors: async () =>
      (await ruleGroups()).flatMap(({ rules }) => rules.flatMap(({ lastError }) => lastError ?? [])),
  };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : Number.NaN;
}
