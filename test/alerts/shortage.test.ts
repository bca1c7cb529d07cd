import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { expectFired, expectFiring } from './promtool.ts';
import { exporterSeries, GiB, MiB, type ProcessStory, processSeries } from './story.ts';

const fact = testNeeding('promtool', isInstalled('promtool'));

function fired(story: ProcessStory, expected: readonly string[]): void {
  expectFired([...exporterSeries({}), ...processSeries(story)], 1.2, expected);
}

const spending = (share: number) => (hour: number) => share * 3600 * hour;
const thrashing = { runtime: 'jvm', floor: () => 0.8 * GiB, heapLimit: GiB, pauses: spending(0.3) };

fact('collections of a heap that is nearly full, for a third of the time, are told', () => {
  fired(thrashing, ['HeapwatchGcThrashing 41']);
});

fact('collections of much garbage over a small live heap are silent', () => {
  fired({ ...thrashing, floor: () => 0.3 * GiB }, []);
});

fact('young collections alone are silent, and so is a tenth of the time', () => {
  fired({ ...thrashing, fullCollections: () => 3 }, []);
  fired({ ...thrashing, pauses: spending(0.1) }, []);
});

fact('a process that tells no pauses or no limit of its heap is silent', () => {
  const { pauses: _, ...silent } = thrashing;
  fired(silent, []);
  fired({ floor: () => 0.8 * GiB, pauses: spending(0.3) }, []);
});

fact('counters that begin anew with the process are no thrashing', () => {
  fired({ ...thrashing, pauses: (hour) => spending(0.05)(hour % 0.3) }, []);
});

fact('a heap limit that does not fit into the container beside the rest is told', () => {
  const fits = {
    runtime: 'jvm',
    floor: () => 200 * MiB,
    committed: () => 250 * MiB,
    anonymous: () => 400 * MiB,
    cgroupLimit: GiB,
  };
  fired({ ...fits, heapLimit: 900 * MiB }, ['HeapwatchLimitsDoNotFit 41']);
  fired({ ...fits, heapLimit: 800 * MiB }, []);
});

fact('a heap limit without a container, or a container without a heap limit, is silent', () => {
  fired({ runtime: 'nodejs', floor: () => 200 * MiB, heapLimit: 64 * GiB }, []);
  fired({ floor: () => 200 * MiB, cgroupLimit: 100 * GiB }, []);
});

fact('an OutOfMemoryError of a JVM is told for a while, and then no more', () => {
  const errors = (hour: number) => (hour < 1 ? 0 : 2);
  expectFiring(exporterSeries({ errors }), 1.5, ['HeapwatchOutOfMemoryErrors']);
  expectFiring(exporterSeries({ errors }), 2.5, []);
});

fact('OutOfMemoryErrors of the past are silent after a restart of the exporter', () => {
  expectFiring(exporterSeries({ errors: (hour) => (hour < 1 ? 3 : 0) }), 1.2, []);
});
