/**
 * The rules of Grafana's dashboard-linter (github.com/grafana/dashboard-linter, docs/rules), by their names there, over what
 * we generate. Left out: those on `job` and `instance` as choices in every query, as our metrics have names of their own and
 * a process is chosen by service, runtime, instance and pid.
 */
import { expect, test } from 'vitest';
import { generatedFiles } from '../../src/dashboards/generated-files.ts';
import { catalogue } from '../../src/metrics/catalogue.ts';

interface Target {
  readonly expr: string;
}
interface Panel {
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly Target[];
}
interface Dashboard {
  readonly editable: boolean;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { name: string; label: string; type: string; refresh?: number; query: unknown }[];
  };
}

const dashboards = Object.entries(generatedFiles())
  .filter(([path]) => /^dashboards\/\w+\.json$/.test(path))
  .map(([path, text]) => ({ path, model: JSON.parse(text) as Dashboard }));
const counters = catalogue.filter(({ kind }) => kind === 'counter').map(({ name }) => name);

test('there are three dashboards to look at', () => {
  expect(dashboards.map(({ path }) => path)).toEqual([
    'dashboards/overview.json',
    'dashboards/process.json',
    'dashboards/heapwatch.json',
  ]);
});

for (const { path, model } of dashboards) {
  const { list } = model.templating;
  const panels = model.panels.filter(({ type }) => type !== 'row');

  test(`${path}: template-datasource-rule`, () => {
    expect(list.filter(({ type }) => type === 'datasource')).toMatchObject([
      { name: 'datasource', label: 'Data source', query: 'prometheus' },
    ]);
  });

  test(`${path}: template-instance-rule, its label, and template-on-time-change-reload-rule`, () => {
    for (const { name, label } of list.filter((each) => each.name === 'instance')) expect(label, name).toBeTruthy();
    for (const { name, refresh } of list.filter(({ type }) => type === 'query')) expect(refresh, name).toBe(2);
  });

  test(`${path}: panel-datasource-rule, panel-title-description-rule, panel-units-rule, panel-no-targets-rule`, () => {
    for (const { title, description, datasource, fieldConfig, targets } of panels) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana's
      expect(datasource?.uid, title).toBe('${datasource}');
      expect(title).toBeTruthy();
      expect(description, title).toBeTruthy();
      expect(fieldConfig?.defaults.unit, title).toBeTruthy();
      expect(targets?.length, title).toBeGreaterThan(0);
    }
  });

  test(`${path}: target-rate-interval-rule and target-counter-agg-rule`, () => {
    for (const { expr } of panels.flatMap(({ targets = [] }) => targets)) {
      for (const [, range] of expr.matchAll(/i?rate\([^[]*\[([^\]]*)\]/g)) expect(range, expr).toBe('$__rate_interval');
      for (const counter of counters.filter((name) => new RegExp(`\\b${name}\\b`).test(expr))) {
        expect(expr).toMatch(new RegExp(`(rate|irate|increase)\\(${counter}\\b`));
      }
    }
  });

  test(`${path}: uneditable-dashboard-rule`, () => {
    expect(model.editable).toBe(false);
  });
}
