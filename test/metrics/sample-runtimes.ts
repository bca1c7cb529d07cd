import type { TargetSnapshot } from '../../src/model/snapshot.ts';
import type { HeapVitals } from '../../src/model/vitals.ts';
import { sampleTarget } from './sample-snapshot.ts';

/** A Node.js service in a pod, of which everything is known that V8 tells. */
export function sampleNode(): TargetSnapshot {
  const heap: HeapVitals = {
    usedBytes: 30_000_000,
    committedBytes: 40_000_000,
    limitBytes: 4_345_298_944,
    spaceUsedBytes: { new: 2_000_000, old: 20_000_000, code: 1_000_000, large: 6_500_000, new_large: 500_000 },
    accountedBytes: 45_000_000,
    externalBytes: { array_buffer: 4_000_000, other: 1_000_000 },
    gc: [
      { gc: 'minor', collections: 40, full: false },
      { gc: 'major', collections: 3, full: true },
    ],
    live: { bytes: 24_000_000, atSeconds: 1_700_000_070 },
  };
  const kubernetes = { namespace: 'shop', pod: 'web-7d4b9c-x2k4p', container: 'web' };
  return withHeap(
    heap,
    { runtime: 'nodejs', version: '22.11.0', serviceName: 'web', command: 'node', kubernetes },
    815,
  );
}

/** A Java service, of which everything is known that HotSpot tells. */
export function sampleJvm(): TargetSnapshot {
  const heap: HeapVitals = {
    usedBytes: 300_000_000,
    committedBytes: 512_000_000,
    limitBytes: 1_073_741_824,
    initialBytes: 268_435_456,
    limits: { metaspace: { limitBytes: 134_217_728, usedBytes: 60_000_000 } },
    spaceUsedBytes: { eden: 50_000_000, survivor: 10_000_000, old: 240_000_000 },
    externalBytes: { metaspace: 55_000_000 },
    gc: [
      { gc: 'young', collections: 90, pauseSeconds: 1.25, full: false },
      { gc: 'old', collections: 2, pauseSeconds: 0.5, full: true },
    ],
    live: { bytes: 200_000_000, atSeconds: 1_700_000_060 },
  };
  return withHeap(heap, { runtime: 'jvm', version: '21.0.5', serviceName: 'shop.jar', command: 'java' }, 4712);
}

function withHeap(heap: HeapVitals, target: Partial<TargetSnapshot['target']>, pid: number): TargetSnapshot {
  const { vitals, target: sample } = sampleTarget();
  const process = { ...sample.process, pid };
  return sampleTarget({ vitals: { ...vitals!, heap }, liveFloor: heap.live! }, { ...target, process });
}
