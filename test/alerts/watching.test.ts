import { testNeeding } from '../real/needs.ts';
import { isInstalled } from '../real/prometheus.ts';
import { expectFired, expectFiring } from './promtool.ts';
import { exporterSeries, GiB, MiB, processSeries } from './story.ts';

const fact = testNeeding('promtool', isInstalled('promtool'));
const process = { floor: () => 200 * MiB, cgroupLimit: GiB };

const wanted = { ...process, isIncluded: true };

fact('a process that is asked for and cannot be read is told after half an hour', () => {
  const series = [...exporterSeries({}), ...processSeries({ ...wanted, up: () => 0 })];
  expectFired(series, 1.2, ['HeapwatchTargetUnreadable 41']);
  expectFired(series, 1 / 3, []);
});

fact('a process that was only found and cannot be read is silent, and so are those that may not be looked at', () => {
  const series = [...exporterSeries({ denied: () => 2 }), ...processSeries({ ...process, up: () => 0 })];
  expectFired(series, 1.2, []);
});

fact('single readings that fail are silent', () => {
  const up = (hour: number) => (Math.round(hour * 30) % 4 === 0 ? 0 : 1);
  expectFired([...exporterSeries({}), ...processSeries({ ...wanted, up })], 3, []);
});

fact('a process that could not be read and has ended is silent', () => {
  const story = { ...wanted, up: () => 0, alive: (hour: number) => hour < 0.4 };
  expectFired([...exporterSeries({}), ...processSeries(story)], 2, []);
});

fact('processes that may not be looked at are told where some are asked for, or where none is watched', () => {
  const series = exporterSeries({ denied: () => 2 });
  expectFired([...series, ...processSeries(wanted)], 1, ['HeapwatchTargetUnreadable']);
  expectFired(exporterSeries({ denied: () => 2, targets: () => 0 }), 1, ['HeapwatchTargetUnreadable']);
});

const errors = (hour: number) => Math.round(hour * 720);
const unknown = (hour: number) => (hour < 1 ? 3 : undefined);

fact('an exporter that cannot look for processes is told, from its start or later', () => {
  expectFired(exporterSeries({ targets: () => undefined, discoveryErrors: errors }), 0.6, ['HeapwatchDiscoveryFails']);
  const later = (hour: number) => (hour < 1 ? undefined : errors(hour - 1));
  expectFired(exporterSeries({ targets: unknown, discoveryErrors: later }), 1.6, ['HeapwatchDiscoveryFails']);
});

fact('a look for processes that fails for a few minutes is silent', () => {
  const targets = (hour: number) => (hour > 1 && hour < 1.1 ? undefined : 3);
  const failed = (hour: number) => errors(Math.min(Math.max(hour - 1, 0), 0.1));
  expectFired(exporterSeries({ targets, discoveryErrors: failed }), 2, []);
});

fact('processes that cannot be looked at one after the other are no look around that fails', () => {
  expectFired(exporterSeries({ targets: () => 3, discoveryErrors: errors }), 2, []);
});

fact('an exporter that does not answer is told once, and not any more when it answers', () => {
  const up = (hour: number) => (hour < 1 || hour > 2 ? 1 : 0);
  expectFiring(exporterSeries({ up }), 1.5, ['HeapwatchDown']);
  expectFiring(exporterSeries({ up }), 2.5, []);
});

fact('one of two exporters that does not answer is told', () => {
  const other = exporterSeries({}).map(({ labels, ...series }) => ({
    ...series,
    labels: { ...labels, instance: 'node-2:10148' },
  }));
  expectFired([...exporterSeries({ up: (hour) => (hour < 1 ? 1 : 0) }), ...other], 2, ['HeapwatchDown']);
});

fact('no heapwatch at all is told, though others are scraped', () => {
  expectFired([{ name: 'up', labels: { job: 'node', instance: 'node-1:9100' }, value: () => 1 }], 1, ['HeapwatchDown']);
});

fact('others that do not answer are silent', () => {
  const other = { name: 'up', labels: { job: 'node', instance: 'node-1:9100' }, value: () => 0 } as const;
  expectFired([...exporterSeries({}), other], 1, []);
});

fact('a scrape that is missed, or a restart of the exporter, is silent', () => {
  expectFired(exporterSeries({ up: (hour) => (hour > 1 && hour < 1.1 ? 0 : 1) }), 2, []);
});

fact('an exporter that is not scraped any more is silent as long as another one is', () => {
  const other = exporterSeries({}).map(({ labels, ...series }) => ({
    ...series,
    labels: { ...labels, instance: 'node-2:10148' },
  }));
  expectFired([...exporterSeries({ up: (hour) => (hour < 1 ? 1 : undefined) }), ...other], 3, []);
});

const censuses = { refused: (hour: number) => 12 * hour, ok: () => 0 };

fact('a process whose censuses are all refused is told after two hours', () => {
  expectFired([...exporterSeries({}), ...processSeries({ ...process, censuses })], 3, ['HeapwatchCensusRefused 41']);
});

fact('a census that is refused now and then is silent, and so is a process that is young', () => {
  const some = { ...censuses, ok: (hour: number) => Math.floor(hour) };
  expectFired([...exporterSeries({}), ...processSeries({ ...process, censuses: some })], 4, []);
  expectFired([...exporterSeries({}), ...processSeries({ ...process, censuses, startedAt: () => 0 })], 1.5, []);
});

fact('censuses that the budget leaves out are silent', () => {
  const skipped = { skipped_budget: (hour: number) => 12 * hour };
  expectFired([...exporterSeries({}), ...processSeries({ ...process, censuses: skipped })], 3, []);
});

fact('an exporter that takes a quarter of a core or grows itself is told', () => {
  expectFired(exporterSeries({ cpuSeconds: (hour) => 900 * hour }), 2, ['HeapwatchOverBudget']);
  expectFired(exporterSeries({ residentBytes: (hour) => (120 + 150 * hour) * MiB }), 3, ['HeapwatchOverBudget']);
});

fact('an exporter that is busy at its start is silent, and so are others that are busy', () => {
  const cpuSeconds = (hour: number) => 300 * Math.min(hour, 0.2) + 100 * hour;
  const other = { name: 'process_resident_memory_bytes', labels: { job: 'x', instance: 'y' } } as const;
  expectFired([...exporterSeries({ cpuSeconds }), { ...other, value: () => 64 * GiB }], 2, []);
});

fact('a web configuration that cannot be used is told after ten minutes, until it is mended', () => {
  const webConfig = (hour: number) => (hour < 1 || hour > 2 ? 1 : 0);
  expectFiring(exporterSeries({ webConfig }), 1.5, ['HeapwatchWebConfigRefused']);
  expectFiring(exporterSeries({ webConfig }), 2.5, []);
});

fact('a web configuration that is broken for a few minutes is silent', () => {
  expectFired(exporterSeries({ webConfig: (hour) => (hour > 1 && hour < 1.1 ? 0 : 1) }), 2, []);
});
