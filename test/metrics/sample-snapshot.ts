import type { Assessment } from '../../src/model/assessment.ts';
import type { Snapshot, SnapshotSource, TargetSnapshot } from '../../src/model/snapshot.ts';
import type { Target } from '../../src/model/target.ts';

/** Of a leak of tuples that will meet the cgroup's limit. */
const sampleAssessment: Assessment = {
  atSeconds: 1_700_000_100,
  verdict: 'leak',
  cause: 'objects',
  sinceSeconds: 1_700_000_060,
  suspects: [
    { type: 'tuple', objectsPerSecond: 100.5, bytesPerSecond: 6432 },
    { type: 'not.exported', objectsPerSecond: 2, bytesPerSecond: 64 },
    { type: 'str', objectsPerSecond: 50, bytesPerSecond: 3200 },
  ],
  growingTypes: [
    { type: 'tuple', objectsPerSecond: 100.5, bytesPerSecond: 6432 },
    { type: 'str', objectsPerSecond: 50, bytesPerSecond: 3200 },
  ],
  growth: { bytesPerSecond: 10_000, sinceSeconds: 1_699_999_000 },
  limits: [
    { limit: 'cgroup', bytes: 200_000_000, usedRatio: 0.5, etaSeconds: 10_000 },
    { limit: 'node', bytes: 8_000_000_000, usedRatio: 0.011, etaSeconds: 791_000 },
  ],
  bindingLimit: 'cgroup',
  oomEtaSeconds: 10_000,
  evidence: [
    {
      signal: 'growth_duration_seconds',
      observed: 1100,
      threshold: 720,
      exceeded: true,
      words: 'it has grown for 18 minutes; 12 minutes were needed to call it',
    },
  ],
};

/** A watched queue worker of which everything is known that CPython tells. */
export function sampleTarget(overrides: Partial<TargetSnapshot> = {}, target: Partial<Target> = {}): TargetSnapshot {
  return {
    target: {
      process: { pid: 4711, startTicks: 2500, procfsPath: '/proc' },
      runtime: 'cpython',
      version: '3.11.7',
      startTimeSeconds: 1_700_000_000,
      serviceName: 'worker.py',
      command: 'python3.11',
      container: { id: 'f'.repeat(64), innerPid: 7 },
      ...target,
    },
    up: true,
    vitals: {
      atSeconds: 1_700_000_100,
      process: {
        residentBytes: 90_000_000,
        anonymousBytes: 80_000_000,
        swappedBytes: 0,
        cpuSeconds: 12.5,
        threads: 5,
        openFds: 9,
      },
      heap: {
        usedBytes: 61_000_000,
        committedBytes: 64_000_000,
        spaceUsedBytes: { arenas: 50_000_000, large: 11_000_000 },
        accountedBytes: 64_000_000,
        externalBytes: {},
        gc: [
          { gc: '0', collections: 120, collectedObjects: 900, uncollectableObjects: 0, full: false },
          { gc: '1', collections: 10, collectedObjects: 80, uncollectableObjects: 0, full: false },
          { gc: '2', collections: 1, collectedObjects: 7, uncollectableObjects: 0, full: true },
        ],
        garbageObjects: 0,
        gcEnabled: true,
      },
      cgroup: {
        usageBytes: 120_000_000,
        workingSetBytes: 100_000_000,
        anonymousBytes: 90_000_000,
        limitBytes: 200_000_000,
        oomKills: 0,
        pressureSeconds: { some: 1.5, full: 0.25 },
      },
    },
    liveFloor: { bytes: 58_000_000, atSeconds: 1_700_000_090 },
    assessment: sampleAssessment,
    census: {
      takenAtSeconds: 1_700_000_080,
      durationSeconds: 0.25,
      objects: 501_000,
      bytes: 60_000_000,
      types: [
        { type: 'tuple', count: 400_000, bytes: 25_600_000, trackedCount: 399_000 },
        { type: 'str', count: 100_000, bytes: 33_000_000, trackedCount: 0 },
        { type: 'shop.Größe\\"\n', count: 600, bytes: 1_000_000, trackedCount: 600 },
        { type: 'float', count: 400, bytes: 400_000, trackedCount: 0 },
      ],
      quality: { skippedRatio: 0.001, scannedBytes: 64_000_000 },
      spaceUsedBytes: { large: 11_000_000 },
      spaceCommittedBytes: { large: 12_000_000 },
    },
    exportedTypes: [
      { type: 'tuple', count: 400_000, bytes: 25_600_000 },
      { type: 'str', count: 100_000, bytes: 33_000_000 },
      { type: 'shop.Größe\\"\n', count: 600, bytes: 1_000_000 },
      { type: '(other)', count: 400, bytes: 400_000 },
    ],
    censusIntervalSeconds: 30,
    censusResults: { ok: 3, refused: 0, failed: 1, skipped_budget: 0, skipped_swap: 0 },
    ...overrides,
  };
}

/** A target whose first reading was refused: only what /proc tells everybody is known. */
function deniedTarget(): TargetSnapshot {
  return {
    target: {
      process: { pid: 815, startTicks: 99, procfsPath: '/proc' },
      runtime: 'cpython',
      version: '3.8.18',
      startTimeSeconds: 1_700_000_050,
      serviceName: 'batch',
      command: 'python3.8',
    },
    up: false,
    failure: { kind: 'denied', message: 'run heapwatch as the same user' },
    exportedTypes: [],
    censusIntervalSeconds: 30,
    censusResults: { ok: 0, refused: 1, failed: 0, skipped_budget: 0, skipped_swap: 0 },
  };
}

export function sampleSnapshot(targets: readonly TargetSnapshot[] = [sampleTarget(), deniedTarget()]): Snapshot {
  return {
    takenAtSeconds: 1_700_000_101,
    targets,
    skipped: { denied: 2, excluded: 0, too_young: 1, over_bound: 0, opted_out: 0 },
    deaths: [
      { serviceName: 'worker.py', runtime: 'cpython', oomKills: 0 },
      {
        serviceName: 'shop.jar',
        runtime: 'jvm',
        oomKills: 1,
        incidents: { oom_killed: 1 },
        outOfMemoryErrors: { java_heap: 2, metaspace: 0 },
      },
    ],
    evidence: { taken: 2, refused: 1, failed: 0 },
    collectors: [
      { collector: 'discovery', durationSeconds: 0.012, errors: { denied: 2 } },
      { collector: 'census', durationSeconds: 0.25, errors: {} },
    ],
    droppedSeries: 0,
    node: { memoryBytes: 8_000_000_000, availableBytes: 6_000_000_000 },
  };
}

/** What the monitor answers before its first round of discovery. */
export const emptySnapshot: Snapshot = {
  takenAtSeconds: 0,
  targets: [],
  skipped: { denied: 0, excluded: 0, too_young: 0, over_bound: 0, opted_out: 0 },
  deaths: [],
  collectors: [],
};

/** A source whose snapshot a test can replace. */
export function sourceOf(snapshot: Snapshot): SnapshotSource & { current: Snapshot } {
  const source = { current: snapshot, latest: () => source.current };
  return source;
}
