import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { expectFired, expectFiring } from './promtool.ts';
import { exporterSeries, GiB, MiB, type ProcessStory, processSeries } from './story.ts';

const fact = testNeeding('promtool', isInstalled('promtool'));

function fired(hours: number, stories: readonly ProcessStory[], expected: readonly string[]): void {
  expectFired([...exporterSeries({}), ...stories.flatMap(processSeries)], hours, expected);
}

const floor = () => 300 * MiB;
const nearlyFull = { floor, cgroupLimit: GiB, workingSet: () => 0.95 * GiB };

fact('a process near the limit of its cgroup is told', () => {
  fired(2, [nearlyFull], ['HeapwatchLittleHeadroom 41']);
});

fact('workers that fill their cgroup together are told', () => {
  const worker = { ...nearlyFull, anonymous: () => 0.3 * GiB, cgroupAnonymous: () => 0.9 * GiB };
  const pids = ['41', '42', '43'];
  fired(
    1,
    pids.map((pid) => ({ ...worker, pid })),
    pids.map((pid) => `HeapwatchLittleHeadroom ${pid}`),
  );
});

fact("a live floor near the runtime's own limit is told once, though the cgroup is near its limit too", () => {
  const story = { ...nearlyFull, runtime: 'jvm', heapLimit: 310 * MiB };
  fired(1, [story], ['HeapwatchLittleHeadroom 41']);
});

fact('the change of the nearest limit does not begin the wait again', () => {
  const workingSet = (hour: number) => (hour > 0.3 ? 0.95 : 0.5) * GiB;
  const story = { cgroupLimit: GiB, workingSet, heapLimit: 310 * MiB, runtime: 'nodejs' };
  const withFloor = { ...story, floor: (hour: number) => (hour > 0.3 ? 200 : 300) * MiB };
  fired(0.6, [withFloor], ['HeapwatchLittleHeadroom 41']);
});

fact('page cache is silent, even if it is in active use and so part of the working set', () => {
  fired(2, [{ ...nearlyFull, anonymous: () => 0.4 * GiB }], []);
  fired(2, [{ floor, cgroupLimit: GiB, cgroupUsage: () => GiB, workingSet: () => 0.4 * GiB }], []);
});

fact('page cache is silent in each of two pods of one service on a node', () => {
  const pod = { ...nearlyFull, anonymous: () => 0.4 * GiB };
  fired(2, [pod, { ...pod, pid: '42' }], []);
});

fact('of two pods of one service on a node the full one is told', () => {
  fired(2, [nearlyFull, { ...nearlyFull, pid: '42', anonymous: () => 0.4 * GiB }], ['HeapwatchLittleHeadroom 41']);
});

fact('a spike of a quarter of an hour is silent', () => {
  const workingSet = (hour: number) => (hour % 1 < 0.25 ? 0.95 : 0.5) * GiB;
  fired(4, [{ ...nearlyFull, workingSet }], []);
});

fact('a process of twenty minutes is silent, however full', () => {
  fired(1 / 3, [{ ...nearlyFull, startedAt: () => 0 }], []);
});

fact("use near V8's lazily grown total is silent", () => {
  fired(2, [{ runtime: 'nodejs', floor, heapLimit: GiB, used: () => 0.96 * GiB, committed: () => GiB }], []);
});

fact('a full node names the large processes only', () => {
  const nodeUsed = () => 15 * GiB;
  fired(
    1,
    [
      { floor, nodeUsed, anonymous: () => 6 * GiB },
      { floor, nodeUsed, pid: '42' },
    ],
    ['HeapwatchLittleHeadroom 41'],
  );
});

const killsAt = (at: number) => (hour: number) => (hour < at ? 0 : 1);

fact('a kill is told for a while, and then no more', () => {
  expectFiring(exporterSeries({ kills: killsAt(1) }), 1.5, ['HeapwatchOutOfMemoryKilled']);
  expectFiring(exporterSeries({ kills: killsAt(1) }), 2.5, []);
});

fact('a kill before the first scrape is told', () => {
  const kills = (hour: number) => (hour < 1 ? undefined : 1);
  expectFired(exporterSeries({ kills }), 2, ['HeapwatchOutOfMemoryKilled']);
});

fact('kills of the past are silent: after a restart of the exporter, and after a gap', () => {
  // What is counted at the first scrape is news; an hour later it is not.
  expectFiring(exporterSeries({ kills: (hour) => (hour < 1 ? 3 : 0) }), 1.2, []);
  const kills = (hour: number) => (hour < 1 || hour > 1.5 ? 3 : undefined);
  expectFiring(exporterSeries({ kills }), 1.6, []);
});

fact('a restart that is no kill is silent', () => {
  fired(4, [{ floor, cgroupLimit: GiB, startedAt: (hour) => Math.floor(hour) }], []);
});
