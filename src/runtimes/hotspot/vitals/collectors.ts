// The collectors that HotSpot counts under sun.gc.collector.<n>, by the names they give themselves: JDK 8 to 27. The
// concurrent ones count their pauses, several a cycle, and so do the MXBeans "G1 Concurrent GC" and "ZGC Pauses".
// Shenandoah's are left out: "Shenandoah full" counts every phase of a cycle with its time, also those without a pause.

import type { GcVitals } from '../../../model/vitals.ts';
import type { PerfData } from '../perf-data/perf-data-source.ts';

export type GcKind = 'young' | 'old' | 'concurrent';

const kinds = new Map<string, GcKind>(
  Object.entries({
    Copy: 'young', // Serial, up to 11
    MSC: 'old',
    'Serial young collection pauses': 'young',
    'Serial full collection pauses': 'old',
    PSScavenge: 'young', // Parallel, up to 11
    PSMarkSweep: 'old',
    PSParallelCompact: 'old',
    'Parallel young collection pauses': 'young',
    'Parallel full collection pauses': 'old',
    PCopy: 'young', // CMS, up to 13; its own counter is that of its pauses
    CMS: 'concurrent',
    'CMS stop-the-world phases': 'concurrent',
    'G1 incremental collections': 'young', // up to 11
    'G1 stop-the-world full collections': 'old',
    'G1 stop-the-world phases': 'concurrent',
    'G1 young collection pauses': 'young',
    'G1 full collection pauses': 'old',
    'G1 concurrent cycle pauses': 'concurrent',
    'Z concurrent cycle pauses': 'concurrent',
    'ZGC minor collection pauses': 'young',
    'ZGC major collection pauses': 'concurrent',
  }),
);

/** What one kind of collection has done since the JVM started. */
export interface CollectorReading extends GcVitals {
  readonly gc: GcKind;
  readonly pauseSeconds: number;
  /** Seconds after the JVM's start at which the last one ended; 0 before the first. */
  readonly lastEndSeconds: number;
}

/** HotSpot has at most three. */
const places = [0, 1, 2].map((index) => {
  const prefix = `sun.gc.collector.${index}.`;
  return {
    name: `${prefix}name`,
    invocations: `${prefix}invocations`,
    time: `${prefix}time`,
    lastExitTime: `${prefix}lastExitTime`,
  };
});

/** Reads the collectors that are known by name, those of one kind summed. */
export function readCollectors(data: PerfData): CollectorReading[] {
  const ticksPerSecond = data.number('sun.os.hrt.frequency') ?? 0;
  if (!(ticksPerSecond > 0)) return [];
  const readings = new Map<GcKind, CollectorReading>();
  for (const place of places) {
    const gc = kinds.get(data.text(place.name) ?? '');
    const collections = data.number(place.invocations);
    const ticks = data.number(place.time);
    if (gc === undefined || collections === undefined || ticks === undefined) continue;
    const earlier = readings.get(gc);
    readings.set(gc, {
      gc,
      collections: collections + (earlier?.collections ?? 0),
      pauseSeconds: ticks / ticksPerSecond + (earlier?.pauseSeconds ?? 0),
      full: gc === 'old',
      lastEndSeconds: Math.max((data.number(place.lastExitTime) ?? 0) / ticksPerSecond, earlier?.lastEndSeconds ?? 0),
    });
  }
  return [...readings.values()];
}
