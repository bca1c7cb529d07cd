import type { Reading } from './api-types.ts';
import type { ChartData } from './chart-data.ts';

/** A rate over less than this is the noise of single clock ticks and collections. */
const LEAST_SECONDS = 10;

/** The processor's share in per cent, which stands for load. */
export function cpuChart(readings: readonly Reading[]): ChartData {
  const { times, values } = rates(readings, ({ cpu_seconds }) => cpu_seconds);
  return {
    times,
    series: [{ label: 'CPU', colour: 'blue', values: values.map((rate) => (rate === null ? null : rate * 100)) }],
  };
}

/** Full collections in a minute. */
export function collectionsChart(readings: readonly Reading[]): ChartData {
  const { times, values } = rates(readings, ({ full_collections }) => full_collections);
  return {
    times,
    series: [
      { label: 'Full collections', colour: 'green', values: values.map((rate) => (rate === null ? null : rate * 60)) },
    ],
  };
}

/** How much a counter gained per second. */
function rates(readings: readonly Reading[], pick: (reading: Reading) => number | undefined) {
  const times: number[] = [];
  const values: (number | null)[] = [];
  let before = readings[0];
  for (const reading of readings) {
    const seconds = reading.at_seconds - (before?.at_seconds ?? 0);
    if (before === undefined || seconds < LEAST_SECONDS) continue;
    const [from, to] = [pick(before), pick(reading)];
    times.push(reading.at_seconds);
    values.push(from === undefined || to === undefined ? null : Math.max(0, to - from) / seconds);
    before = reading;
  }
  return { times, values };
}
