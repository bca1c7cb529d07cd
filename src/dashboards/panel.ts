/** One query of a panel; its name is the legend of a time series, or the heading of a table's column. */
export interface Query {
  /** May hold `{{label}}` for time series. */
  readonly name: string;
  readonly expression: string;
  /** Where it differs from the panel's. */
  readonly unit?: Unit;
}

/** Grafana's names of units: see its "Standard units". */
export type Unit = 'bytes' | 'binBps' | 'percentunit' | 's' | 'short' | 'cps' | 'none' | 'dateTimeAsIso';

/** A panel as data; `id` stays with it when others come and go, as links and alerts name it. */
export interface Panel {
  readonly id: number;
  readonly kind: 'timeseries' | 'stat' | 'table' | 'states';
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  /** Of 24 columns. */
  readonly width: number;
  /** In Grafana's grid, about 30 pixels each. */
  readonly height: number;
  readonly queries: readonly Query[];
  /** Time series only: areas on top of each other. */
  readonly stacked?: boolean;
  /** Tables only: labels that stay as columns, in this order, before the queries' columns. */
  readonly columns?: readonly string[];
  /** Tables only: the query whose values come first when they are largest. */
  readonly sortedBy?: string;
  /** The smallest come first instead. */
  readonly ascending?: boolean;
  /** What its numbers stand for. */
  readonly states?: readonly State[];
  /** Said in place of "No data", where that is good news. */
  readonly whenEmpty?: string;
  /** Series or rows that carry a target's labels lead to its own dashboard. */
  readonly leadsToProcess?: boolean;
}

/** What a number of a panel stands for. */
export interface State {
  readonly value: number;
  readonly text: string;
  /** One of Grafana's names. */
  readonly color: string;
}

/** A heading and what stands below it. */
export interface Section {
  readonly id: number;
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
  /** Other dashboards, linked at the top. */
  readonly linksTo: readonly DashboardLink[];
  /** Events that are marked in every panel over time. */
  readonly annotations: readonly Annotation[];
}

export interface DashboardLink {
  readonly uid: string;
  readonly title: string;
}

/** Marked wherever its expression has a value. */
export interface Annotation {
  readonly name: string;
  readonly expression: string;
  /** May hold `{{label}}`. */
  readonly text: string;
}

/** A choice at the top; its values are a label's. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  /** Selector of the series whose label is meant, e.g. those that the choices before it leave. */
  readonly of: string;
}
