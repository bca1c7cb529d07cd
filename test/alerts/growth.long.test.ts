import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { expectFired, expectFiring } from './promtool.ts';
import { exporterSeries, GiB, MiB, type ProcessStory, processSeries } from './story.ts';

const fact = testNeeding('promtool', isInstalled('promtool'));

/** Exactly these alerts fired in the story of some processes. */
function fired(hours: number, stories: readonly ProcessStory[], expected: readonly string[]): void {
  expectFired([...exporterSeries({}), ...stories.flatMap(processSeries)], hours, expected);
}

const steady = () => 200 * MiB;
const growing = (mibPerHour: number) => (hour: number) => (200 + mibPerHour * hour) * MiB;
/** Floors step at full collections. */
const stepped = (floor: (hour: number) => number, everyHours: number) => (hour: number) =>
  floor(Math.floor(hour / everyHours) * everyHours);
const hourOfDay = (hour: number) => hour % 24;
const limited = { cgroupLimit: GiB };

fact('a leak that fills its cgroup within a day is told', () => {
  fired(8, [{ ...limited, floor: stepped(growing(40), 0.25) }], ['HeapwatchSustainedGrowth 41']);
});

fact('a leak without any limit but the node is told when it matters to the node', () => {
  fired(8, [{ floor: growing(600) }], ['HeapwatchSustainedGrowth 41']);
  fired(8, [{ floor: growing(60) }], []);
});

fact("a leak is measured against V8's heap limit", () => {
  fired(8, [{ runtime: 'nodejs', heapLimit: GiB, floor: stepped(growing(40), 0.5) }], ['HeapwatchSustainedGrowth 41']);
});

fact('a leak whose rate follows the load is told', () => {
  const floor = (hour: number) => (200 + 40 * (hour + 0.3 * Math.sin(hour * 3))) * MiB;
  fired(8, [{ ...limited, floor }], ['HeapwatchSustainedGrowth 41']);
});

fact('a leak that is slow against its headroom is silent', () => {
  fired(12, [{ ...limited, floor: growing(10) }], []);
});

fact('the leaking one of two processes is told, by its pid', () => {
  fired(
    8,
    [
      { ...limited, floor: growing(40) },
      { ...limited, floor: steady, pid: '42' },
    ],
    ['HeapwatchSustainedGrowth 41'],
  );
});

fact('a step of the floor is silent, wherever it falls and in whatever window it is seen', () => {
  const stories = Array.from({ length: 10 }, (_, index) => ({
    ...limited,
    pid: String(index),
    floor: (hour: number) => (hour < 7 + index / 3 ? 200 : 600) * MiB,
  }));
  fired(18, stories, []);
});

fact("a deployment's step is silent: the old process ends, the new one keeps more", () => {
  const before = { ...limited, floor: steady, alive: (hour: number) => hour < 8 };
  const after = {
    ...limited,
    pid: '42',
    startedAt: () => 8,
    alive: (hour: number) => hour >= 8,
    floor: (hour: number) => (hour < 8.5 ? 100 + 600 * (hour - 8) : 400) * MiB,
  };
  fired(16, [before, after], []);
});

fact('a warm-up that flattens is silent, slow or fast, before and after six hours', () => {
  const stories = [0.5, 1, 2].map((timeConstant, index) => ({
    ...limited,
    pid: String(index),
    startedAt: () => 0,
    floor: (hour: number) => (100 + 500 * (1 - Math.exp(-hour / timeConstant))) * MiB,
  }));
  fired(14, stories, []);
});

fact('a warm-up that ends near the limit is silent when it has become slow', () => {
  const floor = (hour: number) => (100 + 500 * (1 - Math.exp(-hour / 2))) * MiB;
  const story = { cgroupLimit: 750 * MiB, startedAt: () => 0, floor };
  expectFiring([...exporterSeries({}), ...processSeries(story)], 8, []);
});

fact('what another process under the same pid grew does not count', () => {
  const startedAt = (hour: number) => (hour < 3 ? -100 : 3);
  fired(8.9, [{ ...limited, floor: growing(40), startedAt }], []);
});

fact('a process of twenty minutes is silent, however it grows', () => {
  fired(1 / 3, [{ ...limited, startedAt: () => 0, floor: growing(2000) }], []);
});

fact('page cache is silent: it fills the cgroup, and comes and goes', () => {
  const cached = (hour: number) => (300 + 100 * hour) * MiB;
  fired(10, [{ ...limited, floor: steady, cgroupUsage: cached }], []);
});

fact("V8's total that grows lazily is silent, and so is use near that total", () => {
  const committed = (hour: number) => (210 + 30 * hour) * MiB;
  const used = (hour: number) => 0.96 * committed(hour);
  fired(10, [{ runtime: 'nodejs', heapLimit: GiB, floor: steady, committed, used }], []);
});

fact('the sawtooth of garbage collection is silent', () => {
  const used = (hour: number) => (200 + 500 * (hour % 1)) * MiB;
  fired(12, [{ ...limited, floor: steady, used, workingSet: used }], []);
});

fact('cyclic garbage that waits hours for its collection is silent', () => {
  // The floor is the lowest use then: it rises by less than a quarter until the collection comes.
  const floor = (hour: number) => (400 + 10 * (hour % 9)) * MiB;
  const fullCollections = (hour: number) => Math.floor(hour / 9);
  fired(30, [{ cgroupLimit: 600 * MiB, floor, fullCollections, anonymous: () => 450 * MiB }], []);
});

fact('a leak of what is never collected is told when a quarter has come to it', () => {
  const story = { ...limited, floor: growing(40), fullCollections: () => 3 };
  fired(8, [story], ['HeapwatchSustainedGrowth 41']);
});

fact("a day's load is silent from its second day on", () => {
  const floor = (hour: number) => (500 + 250 * Math.sin((hourOfDay(hour) / 24) * 2 * Math.PI)) * MiB;
  const stories = [{ ...limited, floor, workingSet: floor }];
  expectFiring([...exporterSeries({}), ...stories.flatMap(processSeries)], 28, []);
  expectFiring([...exporterSeries({}), ...stories.flatMap(processSeries)], 30, []);
});

fact('a restart under the same pid is no growth of the new process, nor does the old one hide its leak', () => {
  // Killed every eight hours, in a container where the pid is always the same.
  const floor = (hour: number) => growing(60)(hour % 8);
  const startedAt = (hour: number) => Math.floor(hour / 8) * 8;
  const series = [...exporterSeries({}), ...processSeries({ ...limited, floor, startedAt })];
  expectFiring(series, 13, []);
  expectFiring(series, 15.5, ['HeapwatchSustainedGrowth 41']);
});

fact('restarts every hour are silent', () => {
  const floor = (hour: number) => growing(100)(hour % 1);
  fired(12, [{ ...limited, floor, startedAt: (hour) => Math.floor(hour) }], []);
});

fact('a gap in the data neither hides nor invents growth', () => {
  const gap = (hour: number) => hour < 5 || hour > 6;
  const stories = [
    { ...limited, floor: growing(40), alive: gap },
    { ...limited, floor: steady, pid: '42', alive: gap },
  ];
  fired(10, stories, ['HeapwatchSustainedGrowth 41']);
});

fact('two exporters that read one process are two alerts, not an error', () => {
  const twin = { labels: { instance: 'node-1:10149' }, ...limited, floor: growing(40) };
  const series = [...exporterSeries({}), ...[{ ...limited, floor: growing(40) }, twin].flatMap(processSeries)];
  expectFired(series, 8, ['HeapwatchSustainedGrowth 41 x2']);
});

fact('a vanished target is not told any more', () => {
  const series = processSeries({ ...limited, floor: growing(40), alive: (hour) => hour < 8 });
  expectFiring([...exporterSeries({}), ...series], 10, []);
});

fact('a process that runs out of memory within hours is told, once it is two hours old', () => {
  const floor = growing(180);
  fired(3, [{ ...limited, startedAt: () => 0, floor }], ['HeapwatchOutOfMemoryPredicted 41']);
  fired(2, [{ ...limited, startedAt: () => 0, floor }], []);
});

fact('a floor that is found twice an hour is not predicted to go on: two steps are no line', () => {
  const story = { ...limited, startedAt: () => 0, floor: stepped(growing(180), 0.5) };
  fired(3, [story], []);
  fired(3, [{ ...story, floor: stepped(growing(180), 0.2) }], ['HeapwatchOutOfMemoryPredicted 41']);
});

fact('growth that stops is not predicted to go on', () => {
  const floor = (hour: number) => growing(180)(Math.min(hour, 1.5));
  const series = [...exporterSeries({}), ...processSeries({ ...limited, floor })];
  expectFiring(series, 2.2, []);
});
