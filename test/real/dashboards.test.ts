import { expect } from 'vitest';
import { overviewDashboard } from '../../src/dashboards/overview.ts';
import { processDashboard } from '../../src/dashboards/process.ts';
import { withVariables } from '../dashboards/promql.ts';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { canMakeMemoryCgroups, makeMemoryCgroup } from './memory-cgroup.ts';
import { testNeeding } from './needs.ts';
import { startProgram } from './program.ts';
import { isInstalled, startPrometheus } from './prometheus.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';
/** Panels that are empty as long as all is well. */
const EMPTY_IN_HEALTH = ['Cannot be read', "heapwatch's own failures"];

/** Without a cgroup of our own there may be no limit, and no cgroup to be seen. */
const hasData = (expression: string) => canMakeMemoryCgroups || !expression.includes('cgroup');

testNeeding('prometheus', isInstalled('prometheus'))('every query of every panel has data', async () => {
  const cgroup = canMakeMemoryCgroups ? makeMemoryCgroup(2 ** 30) : undefined;
  const program = await startProgram(python, 'leak.py');
  cgroup?.add(program.pid);
  const server = await startServer(['--discovery.min-age=0s', '--discovery.include=name=python*'], {
    HEAPWATCH_TEST_PACE: '240',
  });
  const prometheus = await startPrometheus(server.url);
  const chosen = await until('the process in Prometheus', 30_000, async () => {
    return (await prometheus.query(`heapwatch_target_up{pid="${program.pid}"}`))[0]?.metric;
  });
  const variables = { ...chosen, __range: '1m', __rate_interval: '20s' };
  for (const { uid, sections } of [overviewDashboard, processDashboard]) {
    const panels = sections.flatMap(({ panels }) => panels).filter(({ title }) => !EMPTY_IN_HEALTH.includes(title));
    expect(panels.length).toBeGreaterThan(8);
    for (const { title, queries } of panels) {
      for (const { name, expression } of queries.filter((query) => hasData(query.expression))) {
        // Rates need two scrapes, a live floor a few seconds.
        await until(`data of ${name} in ${title} of ${uid}`, 30_000, async () => {
          return (await prometheus.query(withVariables(expression, variables))).length > 0 || undefined;
        });
      }
    }
  }
});
