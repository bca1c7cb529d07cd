import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { freePort } from './prometheus.ts';
import { until } from './until.ts';

/** An alert as Alertmanager hands it on. */
export interface ReceivedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A real Alertmanager and the one whom it tells. */
export interface Alertmanager {
  /** Host and port. */
  readonly host: string;
  /** All that were received so far; what goes on is told again every few seconds, in its latest words. */
  readonly received: readonly ReceivedAlert[];
}

/** Starts Alertmanager on a free port with a webhook of ours and with `inhibit_rules`; both go with the test. */
export async function startAlertmanager(inhibitRules = ''): Promise<Alertmanager> {
  const received: ReceivedAlert[] = [];
  const webhook = createServer((request, response) => {
    text(request).then(
      (body) => {
        received.push(...(JSON.parse(body) as { alerts: ReceivedAlert[] }).alerts);
        response.end();
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void webhook.close().closeAllConnections());
  const { port } = webhook.address() as AddressInfo;

  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-alertmanager-'));
  const host = `127.0.0.1:${await freePort()}`;
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route: { receiver: test, group_by: ['...'], group_wait: 100ms, group_interval: 1s, repeat_interval: 5s }\nreceivers: [{ name: test, webhook_configs: [{ url: 'http://127.0.0.1:${port}/' }] }]\n${inhibitRules}`,
  );
  const args = [
    `--config.file=${folder}/alertmanager.yml`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=${host}`,
    '--cluster.listen-address=',
    '--log.level=error',
  ];
  const child = spawn('prometheus-alertmanager', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  await until('Alertmanager to be ready', 30_000, async () => {
    const answer = await fetch(`http://${host}/-/ready`, { signal: AbortSignal.timeout(5_000) });
    return answer.ok || undefined;
  });
  return { host, received };
}
