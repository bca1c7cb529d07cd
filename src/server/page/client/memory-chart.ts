import { showBytes } from '../quantity.ts';
import type { LimitUse, Reading } from './api-types.ts';
import type { ChartData, ChartSeries } from './chart-data.ts';

/** A limit that is farther away would press the lines onto the floor. */
const NEAR = 4;

/** Memory over time, with the limits that are near enough to be drawn. */
export function memoryChart(readings: readonly Reading[], limits: readonly LimitUse[]): ChartData {
  const valuesOf = (pick: (reading: Reading) => number | undefined) => readings.map((reading) => pick(reading) ?? null);
  const workingSet: ChartSeries = {
    label: 'Working set of the cgroup',
    colour: 'purple',
    dash: [2, 3],
    values: valuesOf((reading) => reading.working_set_bytes),
  };
  const lines: ChartSeries[] = [
    { label: 'Resident', colour: 'blue', values: valuesOf((reading) => reading.resident_bytes) },
    // Without a limit it tells of the neighbours only.
    ...(limits.some(({ limit }) => limit === 'cgroup') ? [workingSet] : []),
    { label: 'Heap in use', colour: 'orange', values: valuesOf((reading) => reading.heap_used_bytes) },
    {
      label: 'Live after full collections',
      colour: 'green',
      isSparse: true,
      values: valuesOf((reading) => reading.heap_live_bytes),
    },
  ];
  const known = lines.filter(({ values }) => values.some((value) => value !== null));
  const most = Math.max(0, ...known.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const near = limits.filter(({ bytes }) => bytes <= most * NEAR);
  return {
    times: readings.map(({ at_seconds }) => at_seconds),
    series: [
      ...known,
      ...near.map(({ limit, bytes }) => ({
        label: `Limit (${limit})`,
        colour: 'red' as const,
        dash: [8, 4],
        values: readings.map(() => bytes),
      })),
    ],
  };
}

/** The same in a sentence. */
export function memoryWords(readings: readonly Reading[]): string {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return 'No readings yet.';
  const heap =
    first.heap_used_bytes === undefined || last.heap_used_bytes === undefined
      ? ''
      : `, heap in use from ${showBytes(first.heap_used_bytes)} to ${showBytes(last.heap_used_bytes)}`;
  return `Memory over time: resident from ${showBytes(first.resident_bytes)} to ${showBytes(last.resident_bytes)}${heap}.`;
}
