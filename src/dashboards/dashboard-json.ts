import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Dashboard as GrafanaDashboard,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { layOut } from './layout.ts';
import type { Dashboard, Variable } from './panel.ts';
import { datasource, panelBuilder } from './panel-builder.ts';

/** Classic JSON, for Grafana 10.2 and newer: what older schemas lack there, newer ones migrate. */
const SCHEMA_VERSION = 39;

/** The JSON file of a dashboard, to be provisioned or imported as it is. */
export function dashboardJson(dashboard: Dashboard): string {
  const model = { ...buildDashboard(dashboard), schemaVersion: SCHEMA_VERSION };
  return `${JSON.stringify(model, isKnownToGrafana, 2)}\n`;
}

/** The SDK writes a link's place for Grafana 12 only, where it hides the link in a menu. */
function isKnownToGrafana(key: string, value: unknown): unknown {
  return key === 'placement' && value === 'inControlsMenu' ? undefined : value;
}

function buildDashboard({
  uid,
  title,
  description,
  variables,
  sections,
  linksTo,
  annotations,
}: Dashboard): GrafanaDashboard {
  const builder = new DashboardBuilder(title)
    .id(null)
    .uid(uid)
    .description(description)
    .tags(['heapwatch'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .version(1)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const { uid, title } of linksTo) {
    builder.link(
      new DashboardLinkBuilder(title)
        .type(DashboardLinkType.Link)
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana's
        .url(`/d/${uid}?var-datasource=${'${datasource}'}`)
        .keepTime(true),
    );
  }
  for (const { name, expression, text } of annotations) {
    const marks = new AnnotationQueryBuilder().name(name).expr(expression).titleFormat(name).textFormat(text);
    builder.annotation(marks.datasource(datasource).enable(true).iconColor('red').step('1m'));
  }
  for (const variable of variables) builder.withVariable(variableBuilder(variable));
  const positions = layOut(sections);
  for (const section of sections) {
    builder.withRow(new RowBuilder(section.title).id(section.id).gridPos(positions.get(section)!));
    for (const panel of section.panels) builder.withPanel(panelBuilder(panel, positions.get(panel)!));
  }
  return builder.build();
}

function variableBuilder({ name, label, of }: Variable): QueryVariableBuilder {
  const query = `label_values(${of}, ${name})`;
  return (
    new QueryVariableBuilder(name)
      .label(label)
      .datasource(datasource)
      .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
      .definition(query)
      // A process that ended within the chosen time can be looked at as well.
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
  );
}
