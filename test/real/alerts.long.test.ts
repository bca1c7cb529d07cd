import { expect } from 'vitest';
import { plainRules } from '../../src/dashboards/alerts/rules.ts';
import { startAlertmanager } from './alerts-receiver.ts';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { canMakeMemoryCgroups, makeMemoryCgroup } from './memory-cgroup.ts';
import { testNeeding } from './needs.ts';
import { asOwnService, ownService, watchOwnService } from './own-service.ts';
import { startProgramWith } from './program.ts';
import { isInstalled, startPrometheus } from './prometheus.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';
const tools = ['prometheus', 'prometheus-alertmanager'];
const missing = tools.filter((tool) => !isInstalled(tool));
if (!canMakeMemoryCgroups) missing.push('a memory cgroup of our own');

/** Six hours of growth are a minute and a half. */
const PACE = 240;
const LIMIT_BYTES = 256 * 2 ** 20;
/** A day is six minutes then, in which it would take more than it has left. */
const LEAKED_PER_SECOND = 4_000;

testNeeding(missing.join(' and '), missing.length === 0)(
  'the alert of growth arrives for a program that leaks, and none for a healthy one beside it',
  async () => {
    const cgroups = [makeMemoryCgroup(LIMIT_BYTES), makeMemoryCgroup(LIMIT_BYTES)] as const;
    const leaking = await startProgramWith(asOwnService, python, 'leak.py', String(LEAKED_PER_SECOND));
    const healthy = await startProgramWith(asOwnService, python, 'healthy.py', String(LEAKED_PER_SECOND));
    cgroups[0].add(leaking.pid);
    cgroups[1].add(healthy.pid);
    const server = await startServer(watchOwnService, { HEAPWATCH_TEST_PACE: String(PACE) });
    const alertmanager = await startAlertmanager();
    const prometheus = await startPrometheus(server.url, {
      rules: [plainRules(PACE)],
      alertmanager: alertmanager.host,
    });
    const ofPid = (pid: number) => alertmanager.received.filter(({ labels }) => labels.pid === String(pid));

    const alert = await until('the alert of growth', 240_000, () =>
      ofPid(leaking.pid).find(({ labels }) => labels.alertname === 'HeapwatchSustainedGrowth'),
    );
    expect(alert.status).toBe('firing');
    expect(alert.labels).toMatchObject({
      severity: 'warning',
      service_name: ownService,
      runtime: 'cpython',
      pid: String(leaking.pid),
      job: 'heapwatch',
      instance: new URL(server.url).host,
    });
    expect(alert.annotations.description).toContain(`heapwatch top ${leaking.pid} --growth 30s`);
    expect(alert.annotations.description).toMatch(/by [\d.]+MiB a day/);
    expect(alert.annotations.runbook_url).toBe('docs/runbooks.md#heapwatchsustainedgrowth');

    expect(await prometheus.query(`heapwatch_heap_live_bytes{pid="${healthy.pid}"}`)).toHaveLength(1);
    expect(await prometheus.query(`ALERTS{pid="${healthy.pid}"}`)).toEqual([]);
    expect(ofPid(healthy.pid)).toEqual([]);
  },
);
