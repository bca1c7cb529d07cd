import type { TargetSnapshot } from '../model/snapshot.ts';
import type { GcVitals } from '../model/vitals.ts';
import { everyRuntime, type Sample, targetMetric } from './definition.ts';

/** The work of the garbage collector, as the runtime counts it. */
export const gcMetrics = [
  targetMetric({
    name: 'heapwatch_gc_collections_total',
    kind: 'counter',
    since: 'process',
    help: "Garbage collections, from the runtime's own counters, by generation (CPython: 0, 1, 2) or kind (Node.js: minor, major; JVM: young, old, concurrent). ZGC and G1's concurrent: pauses, several a cycle; Shenandoah: cycles.",
    labels: ['gc'],
    runtimes: everyRuntime,
    read: (target) => samplesByGc(target, ({ collections }) => collections),
  }),
  targetMetric({
    name: 'heapwatch_gc_pause_seconds_total',
    kind: 'counter',
    since: 'process',
    help: "Time spent in garbage collections, from the runtime's own counters. JVM: in pauses only, not beside the program; absent for Shenandoah.",
    labels: ['gc'],
    runtimes: ['nodejs', 'jvm'],
    read: (target) => samplesByGc(target, ({ pauseSeconds }) => pauseSeconds),
  }),
  targetMetric({
    name: 'heapwatch_gc_collected_objects_total',
    kind: 'counter',
    since: 'process',
    help: "Objects that CPython's cyclic collector freed, as gc.get_stats() counts them.",
    labels: ['gc'],
    runtimes: ['cpython'],
    read: (target) => samplesByGc(target, ({ collectedObjects }) => collectedObjects),
  }),
  targetMetric({
    name: 'heapwatch_gc_uncollectable_objects_total',
    kind: 'counter',
    since: 'process',
    help: "Objects that CPython's cyclic collector found unreachable but could not free, as gc.get_stats() counts them.",
    labels: ['gc'],
    runtimes: ['cpython'],
    read: (target) => samplesByGc(target, ({ uncollectableObjects }) => uncollectableObjects),
  }),
  targetMetric({
    name: 'heapwatch_gc_garbage_objects',
    kind: 'gauge',
    help: 'Objects in gc.garbage of a CPython process.',
    labels: [],
    runtimes: ['cpython'],
    read: ({ vitals }) => vitals?.heap?.garbageObjects,
  }),
  targetMetric({
    name: 'heapwatch_gc_enabled',
    kind: 'gauge',
    help: "Whether CPython's cyclic collector runs by itself (1) or is switched off by gc.disable() (0).",
    labels: [],
    runtimes: ['cpython'],
    read: ({ vitals }) => {
      const enabled = vitals?.heap?.gcEnabled;
      return enabled === undefined ? undefined : Number(enabled);
    },
  }),
];

function samplesByGc({ vitals }: TargetSnapshot, value: (vitals: GcVitals) => number | undefined): Sample<'gc'>[] {
  return (vitals?.heap?.gc ?? []).map((entry) => ({ labels: { gc: entry.gc }, value: value(entry) }));
}
