import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { type Panel as GrafanaPanel, MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StatesBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { GridPosition } from './layout.ts';
import type { Panel, Query, State } from './panel.ts';
import { processLink } from './process-link.ts';

/** Chosen at the top of each dashboard. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana's
export const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Turns a panel's data into Grafana's own. */
export function panelBuilder(panel: Panel, position: GridPosition): Builder<GrafanaPanel> {
  const builder = builders[panel.kind](panel)
    .id(panel.id)
    .title(panel.title)
    .description(panel.description)
    .datasource(datasource)
    .unit(panel.unit)
    .gridPos(position)
    .targets(panel.queries.map((query, index) => target(panel, query, refId(index))));
  if (panel.states !== undefined) builder.mappings([mapping(panel.states)]);
  if (panel.whenEmpty !== undefined) builder.noValue(panel.whenEmpty);
  if (panel.leadsToProcess && panel.kind !== 'table') builder.overrideByRegexp('.*', [link('labels')]);
  return builder;
}

const builders = { timeseries: timeSeries, stat, table, states };

/** Panels have few queries: A, B, C. */
const refId = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);

function target(panel: Panel, { name, expression }: Query, id: string): Builder<Dataquery> {
  const query = new DataqueryBuilder().refId(id).expr(expression).datasource(datasource);
  if (panel.kind === 'timeseries' || panel.kind === 'states') return query.legendFormat(name).range();
  if (panel.kind === 'table') return query.format(PromQueryFormat.Table).instant();
  return query.legendFormat(name).instant();
}

function timeSeries(panel: Panel): TimeSeriesBuilder {
  const builder = new TimeSeriesBuilder()
    .drawStyle(common.GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(panel.stacked ? 40 : 0)
    .showPoints(common.VisibilityMode.Never)
    .stacking(
      new common.StackingConfigBuilder().mode(panel.stacked ? common.StackingMode.Normal : common.StackingMode.None),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    );
  for (const { name, unit } of panel.queries) {
    if (unit !== undefined) builder.overrideByName(name, [{ id: 'unit', value: unit }]);
  }
  return builder;
}

function stat(): StatBuilder {
  return new StatBuilder()
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.None);
}

function states(): StatesBuilder {
  return new StatesBuilder().mergeValues(true).showValue(common.VisibilityMode.Auto).rowHeight(0.8);
}

function mapping(known: readonly State[]): ValueMapping {
  const options = known.map(({ value, text, color }, index) => [value, { text, color, index }]);
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) };
}

function table(panel: Panel): TableBuilder {
  const columns = panel.columns ?? [];
  const names = panel.queries.map(({ name }, index) => [`Value #${refId(index)}`, name] as const);
  // A query that is alone has its values in a column of this name.
  const renames = names.length === 1 ? [...names, ['Value', names[0]![1]] as const] : names;
  const order = [...columns, ...renames.map(([column]) => column)];
  const builder = new TableBuilder()
    // A wide join by the labels that the queries have in common, which are the columns.
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(order.map((column, index) => [column, index])),
        renameByName: Object.fromEntries(renames),
      },
    });
  if (panel.sortedBy !== undefined) {
    builder.sortBy([new common.TableSortByFieldStateBuilder().displayName(panel.sortedBy).desc(!panel.ascending)]);
  }
  for (const { name, unit } of panel.queries) {
    if (unit !== undefined) builder.overrideByName(name, [{ id: 'unit', value: unit }]);
  }
  if (panel.leadsToProcess) {
    builder.overrideByName('pid', [link('fields')]);
    if (columns.includes('instance')) builder.overrideByName('instance', [livePage]);
  }
  return builder;
}

/** Reachable where the exporter's address is, and its page answers others than the machine itself. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana's
const pageOfInstance = 'http://${__data.fields.instance}/';
const livePage = {
  id: 'links',
  value: [{ title: 'Evidence in words: the page of heapwatch', url: pageOfInstance, targetBlank: true }],
};

function link(from: 'fields' | 'labels') {
  return { id: 'links', value: [{ title: 'This process', url: processLink(from) }] };
}
