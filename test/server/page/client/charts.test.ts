import { expect, test } from 'vitest';
import { collectionsChart, cpuChart } from '../../../../src/server/page/client/activity-chart.ts';
import { memoryChart, memoryWords } from '../../../../src/server/page/client/memory-chart.ts';

const MIB = 1024 * 1024;
const reading = (at: number, resident: number, more: object = {}) => ({
  at_seconds: at,
  resident_bytes: resident * MIB,
  cpu_seconds: at / 2,
  ...more,
});
const labels = (...args: Parameters<typeof memoryChart>) => memoryChart(...args).series.map(({ label }) => label);

test('only what is known is drawn, and limits that are near', () => {
  const readings = [reading(10, 50), reading(15, 60, { heap_used_bytes: 40 * MIB, working_set_bytes: 80 * MIB })];
  expect(labels(readings, [])).toEqual(['Resident', 'Heap in use']);
  const near = [{ limit: 'cgroup', bytes: 200 * MIB }];
  expect(labels(readings, near)).toEqual(['Resident', 'Working set of the cgroup', 'Heap in use', 'Limit (cgroup)']);
  expect(labels(readings, [{ limit: 'node', bytes: 8000 * MIB }])).toEqual(['Resident', 'Heap in use']);
  expect(memoryChart(readings, near).series.at(-1)?.values).toEqual([200 * MIB, 200 * MIB]);
});

test('the chart in words', () => {
  expect(memoryWords([])).toBe('No readings yet.');
  expect(memoryWords([reading(10, 50), reading(15, 60)])).toBe('Memory over time: resident from 50.0 MiB to 60.0 MiB.');
});

test('rates are taken over ten seconds or more, and never fall below nothing', () => {
  const readings = [0, 4, 8, 12, 16, 24].map((at) => reading(at, 1, { full_collections: at < 24 ? at : 0 }));
  expect(cpuChart(readings)).toMatchObject({ times: [12, 24], series: [{ values: [50, 50] }] });
  expect(collectionsChart(readings).series[0]?.values).toEqual([60, 0]);
  expect(collectionsChart([reading(0, 1), reading(20, 1)]).series[0]?.values).toEqual([null]);
});
