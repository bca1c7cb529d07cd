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

/** Panels, or columns of them, that have data only while something is wrong. */
export function isOfTheIll({ id, title }: Panel): boolean {
  const panels = ['Who is ill, and the time that is left', 'Verdicts over time', 'Suspects', 'Time left', 'Growth'];
  return [...panels, 'Growing for', 'Limits'].includes(title) && id >= 30;
}
