import { exporterDashboard } from '../../src/dashboards/exporter.ts';
import { overviewDashboard } from '../../src/dashboards/overview.ts';
import type { Panel } from '../../src/dashboards/panel.ts';
import { processDashboard } from '../../src/dashboards/process.ts';
import { withVariables } from '../dashboards/promql.ts';
import type { Prometheus } from './prometheus.ts';
import { until } from './until.ts';

/** Every query of the chosen panels, as it is asked for this process, with what it is called in a message. */
export function panelQueries(
  target: Readonly<Record<string, string>>,
  isChosen: (panel: Panel) => boolean,
): { readonly name: string; readonly expression: string }[] {
  const variables = { ...target, __range: '1m', __rate_interval: '20s' };
  return [overviewDashboard, processDashboard, exporterDashboard].flatMap(({ uid, sections }) =>
    sections
      .flatMap(({ panels }) => panels)
      .filter(isChosen)
      .flatMap(({ title, queries }) =>
        queries.map(({ name, expression }) => ({
          name: `${name} in ${title} of ${uid}`,
          expression: withVariables(expression, variables),
        })),
      ),
  );
}

/** Names of the queries, of all panels, that have data for none of these processes. */
export async function namesWithoutData(
  prometheus: Prometheus,
  targets: readonly Readonly<Record<string, string>>[],
): Promise<string[]> {
  const asked = targets.flatMap((target) => panelQueries(target, () => true));
  const found = new Set<string>();
  for (const { name, expression } of asked) {
    if (!found.has(name) && (await prometheus.query(expression)).length > 0) found.add(name);
  }
  return [...new Set(asked.map(({ name }) => name))].filter((name) => !found.has(name));
}

/** Waits until a query has data. */
export async function expectData(
  prometheus: Prometheus,
  { name, expression }: { readonly name: string; readonly expression: string },
): Promise<void> {
  // Rates need two scrapes, a live floor a few seconds.
  await until(`data of ${name}`, 30_000, async () => {
    return (await prometheus.query(expression)).length > 0 || undefined;
  });
}
