import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { inhibition } from '../../src/dashboards/alerts/inhibition.ts';
import { alertGroups, plainAlertGroups } from '../../src/dashboards/alerts/rules.ts';
import { startAlertmanager } from './alerts-receiver.ts';
import { testNeeding } from './needs.ts';
import { isInstalled } from './prometheus.ts';

const needing = (tool: string) => testNeeding(tool, isInstalled(tool));
const alerts = [...alertGroups(), ...plainAlertGroups()].flatMap((group) => group.alerts);

needing('amtool')('amtool finds the inhibition file right, and it names only alerts that there are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-inhibition-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'am.yml'), `route: { receiver: a }\nreceivers: [{ name: a }]\n${inhibition()}`);
  const run = spawnSync('amtool', ['check-config', 'am.yml'], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
  expect(`${run.stdout}${run.stderr}`).toContain('4 inhibit rules');
  expect(run.status).toBe(0);
  const names = inhibition().match(/Heapwatch\w+/g) ?? [];
  expect(alerts.map(({ name }) => name)).toEqual(expect.arrayContaining([...new Set(names)]));
});

interface ListedAlert {
  readonly labels: { readonly alertname: string; readonly pid?: string };
  readonly status: { readonly inhibitedBy: readonly string[] };
}

needing('prometheus-alertmanager')('of two alerts about one process the one that says more is heard', async () => {
  const { host } = await startAlertmanager(inhibition());
  const of = (alertname: string, pid?: string, instance = 'node-1') => ({
    labels: { alertname, job: 'heapwatch', service_name: 'shop', runtime: 'jvm', instance, ...(pid && { pid }) },
  });
  const posted = [
    ...[of('HeapwatchOutOfMemorySoon', '1'), of('HeapwatchLeak', '1'), of('HeapwatchLeak', '2')],
    ...[of('HeapwatchSustainedGrowth', '2'), of('HeapwatchLittleHeadroom', '3'), of('HeapwatchLeak', '1', 'node-2')],
    // Of heapwatch itself: no pid on either side must not count as the same pid.
    ...[of('HeapwatchDown'), of('HeapwatchOverBudget'), of('HeapwatchOverBudget', undefined, 'node-2')],
    ...[of('HeapwatchOutOfMemoryKilled'), of('HeapwatchOutOfMemorySoon', '4'), of('HeapwatchGcThrashing', '4')],
  ];
  const send = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(posted) };
  expect((await fetch(`http://${host}/api/v2/alerts`, send)).status).toBe(200);
  const listed = (await (await fetch(`http://${host}/api/v2/alerts`)).json()) as ListedAlert[];
  expect(listed).toHaveLength(posted.length);
  const quiet = listed.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => labels);
  expect(quiet.map(({ alertname, pid }) => `${alertname} ${pid}`).sort()).toEqual([
    'HeapwatchGcThrashing 4',
    'HeapwatchLeak 1',
    'HeapwatchOverBudget undefined',
    'HeapwatchSustainedGrowth 2',
  ]);
});
