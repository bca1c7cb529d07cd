import { expect, test } from 'vitest';
import { alertGroups, plainAlertGroups } from '../../src/dashboards/alerts/rules.ts';
import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { expectFired } from './promtool.ts';
import { exporterSeries, GiB, MiB, type ProcessStory, processSeries } from './story.ts';

const HOURS = 9;
const steady = { floor: () => 200 * MiB, cgroupLimit: GiB };
const judged = (verdict: string, hoursLeft = 30) => ({ ...steady, verdict: () => verdict, hoursLeft: () => hoursLeft });
const growing = (mibPerHour: number, fromHour: number) => (hour: number) =>
  (200 + mibPerHour * Math.max(0, hour - fromHour)) * MiB;

/** For each alert of a process one of which it is true. */
const ill: Readonly<Record<string, ProcessStory>> = {
  HeapwatchLeak: judged('leak objects'),
  HeapwatchNativeGrowth: judged('leak native'),
  HeapwatchUncollectable: judged('leak uncollectable'),
  HeapwatchBacklog: judged('backlog'),
  HeapwatchOutOfMemorySoon: judged('backlog', 1),
  HeapwatchOverflow: judged('overflow burst'),
  HeapwatchGcThrashing: {
    runtime: 'jvm',
    floor: () => 0.8 * GiB,
    heapLimit: GiB,
    pauses: (hour) => 0.3 * 3600 * hour,
  },
  HeapwatchLimitsDoNotFit: { ...steady, runtime: 'jvm', anonymous: () => 400 * MiB, heapLimit: GiB },
  HeapwatchTargetUnreadable: { ...steady, isIncluded: true, up: () => 0 },
  HeapwatchCensusRefused: { ...steady, censuses: { refused: (hour) => 12 * hour, ok: () => 0 } },
  HeapwatchSustainedGrowth: { ...steady, floor: growing(40, 0) },
  HeapwatchOutOfMemoryPredicted: { ...steady, floor: growing(180, 6) },
  HeapwatchLittleHeadroom: { ...steady, workingSet: () => 0.95 * GiB },
};

/** One that everything has happened to, and that goes down in the end. */
const exporter = exporterSeries({
  kills: (hour) => (hour < 1 ? 0 : 1),
  errors: (hour) => (hour < 1 ? 0 : 2),
  cpuSeconds: (hour) => 900 * hour,
  targets: (hour) => (hour > 3 && hour < 4 ? undefined : 3),
  discoveryErrors: (hour) => Math.round(720 * Math.min(Math.max(hour - 3, 0), 1)),
  webConfig: (hour) => (hour < 5 ? 1 : 0),
  up: (hour) => (hour < HOURS - 0.4 ? 1 : 0),
});
const ofExporter = [
  ...['OutOfMemoryKilled', 'OutOfMemoryErrors', 'OverBudget', 'DiscoveryFails', 'WebConfigRefused', 'Down'],
].map((name) => `Heapwatch${name}`);

/** Neither reads while both restart. */
const alive = (hour: number) => hour < 8 || hour > 8.15;
const honoured = { namespace: 'shop', pod: 'shop-0', container: 'app' };
const exported = {
  ...{ instance: 'node-1:10149', namespace: 'monitoring', pod: 'heapwatch-x2x', container: 'heapwatch' },
  ...{ exported_namespace: 'shop', exported_pod: 'shop-0', exported_container: 'app' },
};

test('there is a process, or something that happens to heapwatch, for every alert', () => {
  const names = [...alertGroups(), ...plainAlertGroups()].flatMap(({ alerts }) => alerts.map(({ name }) => name));
  expect([...Object.keys(ill), ...ofExporter].sort()).toEqual(names.sort());
});

testNeeding('promtool', isInstalled('promtool'))(
  'every alert is told of its process alone, by each of two exporters, with honorLabels and without, and also if they restart',
  () => {
    const processes = Object.values(ill).flatMap((story, index) =>
      [honoured, exported].flatMap((labels) => processSeries({ ...story, pid: String(index), labels, alive })),
    );
    const told = Object.keys(ill).map((name, index) => `${name} ${index} x2`);
    expectFired([...exporter, ...processes], HOURS, [...told, ...ofExporter]);
  },
);
