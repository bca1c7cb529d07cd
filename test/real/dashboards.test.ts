import { expect } from 'vitest';
import type { Panel } from '../../src/dashboards/panel.ts';
import { catalogue } from '../../src/metrics/catalogue.ts';
import { metricsOf } from '../dashboards/promql.ts';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { canMakeMemoryCgroups, makeMemoryCgroup } from './memory-cgroup.ts';
import { testNeeding } from './needs.ts';
import { asOwnService, watchOwnService } from './own-service.ts';
import { expectData, panelQueries } from './panel-data.ts';
import { startProgramWith } from './program.ts';
import { isInstalled, startPrometheus } from './prometheus.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

/** The others are looked at where there are ill processes, and one that cannot be read: alerts-services.long.test.ts. */
function hasDataInHealth(panel: Panel): boolean {
  return !['Cannot be read', "heapwatch's own failures", 'Failures'].includes(panel.title) && !isOfTheIll(panel);
}

/** Panels, or columns of them, that have data only while something is wrong. */
function isOfTheIll({ id, title }: Panel): boolean {
  const panels = ['Who is ill, and the time that is left', 'Verdicts over time', 'Suspects', 'Time left', 'Growth'];
  return [...panels, 'Growing for', 'Limits'].includes(title) && id >= 30;
}

/** Metrics that only other runtimes fill, or only cgroups of version 2. */
const notHere = catalogue
  .filter((metric) => metric.of === 'target' && !metric.runtimes.includes('cpython'))
  .map(({ name }) => String(name))
  .concat('heapwatch_cgroup_memory_pressure_seconds_total', 'heapwatch_external_bytes');

/** Without a cgroup of our own there may be no limit, and no cgroup to be seen. */
function isSeen(expression: string): boolean {
  if (!canMakeMemoryCgroups && expression.includes('cgroup')) return false;
  return !metricsOf(expression).some((name) => notHere.includes(name));
}

testNeeding('prometheus', isInstalled('prometheus'))('every query of every panel has data', async () => {
  const cgroup = canMakeMemoryCgroups ? makeMemoryCgroup(2 ** 30) : undefined;
  const program = await startProgramWith(asOwnService, python, 'leak.py');
  cgroup?.add(program.pid);
  const server = await startServer(watchOwnService, { HEAPWATCH_TEST_PACE: '240' });
  const prometheus = await startPrometheus(server.url);
  const chosen = await until('the process in Prometheus', 30_000, async () => {
    return (await prometheus.query(`heapwatch_target_up{pid="${program.pid}"}`))[0]?.metric;
  });
  const queries = panelQueries(chosen, hasDataInHealth).filter(({ expression }) => isSeen(expression));
  expect(queries.length).toBeGreaterThan(60);
  for (const query of queries) await expectData(prometheus, query);
});
