import { expect, test } from 'vitest';
import { alertGroups, plainAlertGroups } from '../../src/dashboards/alerts/rules.ts';
import { dashboardJson } from '../../src/dashboards/dashboard-json.ts';
import { exporterDashboard } from '../../src/dashboards/exporter.ts';
import { overviewDashboard } from '../../src/dashboards/overview.ts';
import { datasource } from '../../src/dashboards/panel-builder.ts';
import { processDashboard } from '../../src/dashboards/process.ts';
import { catalogue } from '../../src/metrics/catalogue.ts';
import { metricsOf, withVariables } from './promql.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
interface GrafanaPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Box;
  readonly datasource?: { uid: string };
  readonly fieldConfig?: { defaults: { unit?: string } };
  readonly targets?: readonly { expr: string; refId: string; datasource: { uid: string } }[];
}
interface GrafanaDashboard {
  readonly id: null;
  readonly uid: string;
  readonly tags: string[];
  readonly schemaVersion: number;
  readonly panels: readonly GrafanaPanel[];
  readonly templating: { list: readonly { name: string; type: string; definition?: string }[] };
}

const names: readonly string[] = catalogue.map(({ name }) => name);
const grafanas = { __range: '6h', __rate_interval: '4m' };
/** What prom-client and Prometheus say of the exporter. */
const ofTheExporter = [
  ...['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_heap_size_used_bytes'],
  ...['nodejs_eventloop_lag_p99_seconds', 'scrape_samples_scraped', 'scrape_duration_seconds'],
];
const dashboards = [overviewDashboard, processDashboard, exporterDashboard].map((source) => {
  const json = dashboardJson(source);
  return { source, json, model: JSON.parse(json) as GrafanaDashboard };
});

for (const { source, json, model } of dashboards) {
  const panels = model.panels.filter(({ type }) => type !== 'row');

  test(`${source.uid}: every query is PromQL and names only metrics that there are`, () => {
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => withVariables(expr, grafanas)));
    expect(expressions.length).toBeGreaterThan(15);
    for (const expression of expressions) {
      const metrics = metricsOf(expression);
      expect(metrics.length, expression).toBeGreaterThan(0);
      for (const name of metrics) expect([...names, ...ofTheExporter], expression).toContain(name);
    }
  });

  test(`${source.uid}: can be provisioned as it is`, () => {
    expect(model).toMatchObject({ id: null, uid: source.uid, tags: ['heapwatch'] });
    expect(model.schemaVersion).toBeGreaterThanOrEqual(39);
    expect(model.schemaVersion).toBeLessThanOrEqual(41);
    expect(json).not.toContain('__inputs');
    expect(json).not.toContain('"placement": "inControlsMenu"');
    expect(model.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
  });

  test(`${source.uid}: everything asks the chosen data source`, () => {
    const sources = json.match(/"type": "prometheus",\s*"uid": "[^"]*"/g) ?? [];
    expect(sources.length).toBeGreaterThan(panels.length);
    for (const chosen of sources) expect(chosen).toContain(datasource.uid);
  });

  test(`${source.uid}: every panel has a unit and says what it shows`, () => {
    for (const { title, description, fieldConfig, targets = [] } of panels) {
      expect(fieldConfig?.defaults.unit, title).toBeTruthy();
      expect(description, title).toMatch(/^\S.*\.$/);
      expect(targets.length, title).toBeGreaterThan(0);
    }
  });

  test(`${source.uid}: rates span a scrape interval, whatever it is`, () => {
    for (const range of json.match(/rate\([^[]*\[[^\]]*\]/g) ?? []) expect(range).toContain('[$__rate_interval]');
  });

  test(`${source.uid}: ids and places are each panel's own`, () => {
    const ids = model.panels.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const { gridPos, title } of model.panels) expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    for (const [index, panel] of model.panels.entries()) {
      const over = model.panels.slice(index + 1).filter((other) => overlap(panel.gridPos, other.gridPos));
      expect(over.map(({ title }) => `${panel.title} / ${title}`)).toEqual([]);
    }
  });

  test(`${source.uid}: lines of panels are full and even`, () => {
    for (const top of new Set(model.panels.map(({ gridPos }) => gridPos.y))) {
      const line = model.panels.filter(({ gridPos }) => gridPos.y === top);
      const widths = line.map(({ gridPos }) => gridPos.w);
      expect(
        widths.reduce((sum, width) => sum + width, 0),
        line[0]?.title,
      ).toBe(24);
      expect(new Set(line.map(({ gridPos }) => gridPos.h)).size, line[0]?.title).toBe(1);
    }
  });
}

test('incidents are marked, by a metric that there is', () => {
  const marks = dashboards.flatMap(({ source }) => source.annotations);
  expect(marks.length).toBeGreaterThan(1);
  for (const { expression } of marks) {
    for (const name of metricsOf(withVariables(expression, grafanas))) expect(names).toContain(name);
  }
  for (const { json } of dashboards.slice(0, 2)) expect(json).toContain('"textFormat"');
});

test('links between dashboards lead to dashboards that there are', () => {
  const uids = dashboards.map(({ model }) => model.uid);
  for (const { json } of dashboards) {
    const linked = [...json.matchAll(/"\/d\/([\w-]+)\?/g)].map(([, uid]) => uid);
    expect(linked.length).toBeGreaterThan(0);
    for (const uid of linked) expect(uids).toContain(uid);
  }
});

test('the choices of a process name it by all that tells two of them apart', () => {
  const choices = dashboards[1]?.model.templating.list.map(({ name, definition }) => [name, definition]);
  expect(choices).toEqual([
    ['datasource', undefined],
    ['service_name', 'label_values(heapwatch_target_up, service_name)'],
    ['runtime', 'label_values(heapwatch_target_up{service_name="$service_name"}, runtime)'],
    ['instance', 'label_values(heapwatch_target_up{service_name="$service_name", runtime="$runtime"}, instance)'],
    [
      'pid',
      'label_values(heapwatch_target_up{service_name="$service_name", runtime="$runtime", instance="$instance"}, pid)',
    ],
  ]);
});

test('the overview leads to each process', () => {
  const links = dashboards[0]?.json.match(/"\/d\/heapwatch-process\?var-service_name=[^"]+"/g) ?? [];
  expect(links.length).toBeGreaterThanOrEqual(4);
  for (const link of links) expect(link).toMatch(/var-service_name=.+&var-runtime=.+&var-instance=.+&var-pid=.+&/);
});

test("every alert's expression names only metrics that there are", () => {
  for (const { name, expression } of [...alertGroups(), ...plainAlertGroups()].flatMap(({ alerts }) => alerts)) {
    const metrics = metricsOf(expression);
    expect(metrics.length, name).toBeGreaterThan(0);
    for (const metric of metrics) expect([...names, ...ofTheExporter, 'up'], name).toContain(metric);
  }
});

test('the reader of expressions itself refuses what is no PromQL', () => {
  expect(() => metricsOf('sum(heapwatch_objects')).toThrow('not PromQL');
  expect(metricsOf('rate(a[5m]) / on (x) group_left () b{c="d"}')).toEqual(['a', 'b']);
});

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
