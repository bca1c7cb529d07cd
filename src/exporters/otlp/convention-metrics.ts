import { v8SpaceName } from '../../metrics/v8-space-name.ts';
import type { TargetSnapshot } from '../../model/snapshot.ts';
import type { RuntimeName } from '../../model/target.ts';
import type { GcVitals, HeapVitals, ProcessVitals } from '../../model/vitals.ts';
import type { TargetSource } from './catalogue-metrics.ts';
import type { OtlpMetric, OtlpSample } from './otlp-metric.ts';

// The semantic conventions' own names for raw readings (release 1.45, docs/runtime and docs/system/process-metrics.md), which
// other instrumentations and ready-made dashboards use. Only what means exactly the same. Not here: histograms of single
// collections, which only the process itself sees, and `container.*`, which would be told once for each of its processes.

type Read = (target: TargetSnapshot) => readonly OtlpSample[];

export const conventionMetrics: readonly OtlpMetric<TargetSource>[] = [
  metric('process.memory.usage', 'By', 'The amount of physical memory in use.', ofProcess('residentBytes')),
  metric('process.thread.count', '{thread}', 'Process threads count.', ofProcess('threads')),
  metric(
    'process.unix.file_descriptor.count',
    '{file_descriptor}',
    'Number of unix file descriptors in use by the process.',
    ofProcess('openFds'),
  ),
  counter('process.cpu.time', 's', 'Total CPU seconds.', ofProcess('cpuSeconds')),
  metric('v8js.memory.heap.used', 'By', 'Heap Memory size allocated.', readV8Spaces),
  metric('jvm.memory.used', 'By', 'Measure of memory used.', (target) => [
    ...ofHeap(target, ({ usedBytes }) => usedBytes),
    ...value(heapOf(target, 'jvm')?.externalBytes.metaspace, METASPACE),
  ]),
  metric('jvm.memory.committed', 'By', 'Measure of memory committed.', (target) =>
    ofHeap(target, ({ committedBytes }) => committedBytes),
  ),
  metric('jvm.memory.limit', 'By', 'Measure of max obtainable memory.', (target) => [
    ...ofHeap(target, ({ limitBytes }) => limitBytes),
    ...value(heapOf(target, 'jvm')?.limits?.metaspace?.limitBytes, METASPACE),
  ]),
  metric('jvm.memory.init', 'By', 'Measure of initial memory requested.', (target) =>
    ofHeap(target, ({ initialBytes }) => initialBytes),
  ),
  metric(
    'jvm.memory.used_after_last_gc',
    'By',
    'Measure of memory used, as measured after the most recent garbage collection event on this pool.',
    (target) => ofHeap(target, ({ live }) => live?.bytes),
  ),
  counter(
    'cpython.gc.collections',
    '{collection}',
    'The number of times a generation was collected since interpreter start.',
    byGeneration(({ collections }) => collections),
  ),
  counter(
    'cpython.gc.collected_objects',
    '{object}',
    'The total number of objects collected inside a generation since interpreter start.',
    byGeneration(({ collectedObjects }) => collectedObjects),
  ),
  counter(
    'cpython.gc.uncollectable_objects',
    '{object}',
    'The total number of objects which were found to be uncollectable inside a generation since interpreter start.',
    byGeneration(({ uncollectableObjects }) => uncollectableObjects),
  ),
];

/** HotSpot's pool of classes, which has this name in every release. */
const METASPACE = { 'jvm.memory.type': 'non_heap', 'jvm.memory.pool.name': 'Metaspace' };

function metric(name: string, unit: string, description: string, read: Read): OtlpMetric<TargetSource> {
  return declare('updowncounter', name, unit, description, read);
}

function counter(name: string, unit: string, description: string, read: Read): OtlpMetric<TargetSource> {
  return declare('counter', name, unit, description, read);
}

function declare(
  instrument: 'counter' | 'updowncounter',
  name: string,
  unit: string,
  description: string,
  read: Read,
): OtlpMetric<TargetSource> {
  return {
    ...{ name, unit, description, instrument },
    read: ({ target }) => read(target),
    since: ({ target }) => target.target.startTimeSeconds,
  };
}

function value(known: number | undefined, attributes: OtlpSample['attributes'] = {}): OtlpSample[] {
  return known === undefined ? [] : [{ attributes, value: known }];
}

function ofProcess(field: keyof ProcessVitals): Read {
  return ({ vitals }) => value(vitals?.process[field]);
}

function heapOf({ target, vitals }: TargetSnapshot, runtime: RuntimeName): HeapVitals | undefined {
  return target.runtime === runtime ? vitals?.heap : undefined;
}

/** Of all pools of a Java heap: its collectors call them differently, and which one it has is not told. */
function ofHeap(target: TargetSnapshot, read: (heap: HeapVitals) => number | undefined): OtlpSample[] {
  const heap = heapOf(target, 'jvm');
  return heap ? value(read(heap), { 'jvm.memory.type': 'heap' }) : [];
}

function readV8Spaces(target: TargetSnapshot): OtlpSample[] {
  return Object.entries(heapOf(target, 'nodejs')?.spaceUsedBytes ?? {}).map(([space, bytes]) => ({
    attributes: { 'v8js.heap.space.name': `${v8SpaceName(space)}_space` },
    value: bytes,
  }));
}

function byGeneration(read: (gc: GcVitals) => number | undefined): Read {
  return (target) =>
    (heapOf(target, 'cpython')?.gc ?? []).flatMap((entry) =>
      value(read(entry), { 'cpython.gc.generation': Number(entry.gc) }),
    );
}
