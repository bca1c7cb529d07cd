/** Values by name of the style's colours. */
export type ColourName = 'blue' | 'orange' | 'green' | 'purple' | 'red' | 'teal' | 'brown' | 'pink';

export interface ChartSeries {
  readonly label: string;
  readonly colour: ColourName;
  readonly dash?: readonly number[];
  /** Only some moments have a value: they are joined by a line, and marked. */
  readonly isSparse?: boolean;
  /** One value for each time; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  /** Unix time, ascending. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
}

/** In the order in which lines get them. */
export const chartColours = ['blue', 'orange', 'green', 'purple', 'teal', 'brown', 'pink', 'red'] as const;
