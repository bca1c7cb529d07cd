import { expect, test } from 'vitest';
import { createAssessor } from '../../src/analysis/assessor.ts';
import type { AssessmentSample } from '../../src/model/assessment.ts';
import { changes, type Moment, noise, samplesOf, verdictsOf } from './samples.ts';

const wave = (hour: number) => Math.sin((hour / 24) * 2 * Math.PI);
/** Up to 1, half of it after so many hours. */
const filled = (hour: number, half: number) => 1 - 2 ** (-hour / half);

test('of a process whose heap cannot be read it is never said that it is healthy', () => {
  const samples = samplesOf(24, () => ({})).map(({ heapUsedBytes: _used, heapLiveBytes: _live, ...rest }) => rest);
  expect(verdictsOf(samples)).toEqual(['warming_up']);
});

test.each<[what: string, hours: number, momentAt: (hour: number) => Moment, verdicts: string[]]>([
  [
    'a type that grows without end',
    12,
    (hour) => ({ floorMb: 200 + 20 * hour, types: { Order: 1000 + 20_000 * hour, Cart: 5000 } }),
    ['warming_up', 'healthy', 'leak objects'],
  ],
  [
    'a floor that grows without end, and no census',
    24,
    (hour) => ({ floorMb: 200 + 20 * hour }),
    ['warming_up', 'healthy', 'leak objects'],
  ],
  [
    'memory outside the heap that grows without end',
    24,
    (hour) => ({ residentMb: 350 + 30 * hour, types: { Order: 5000 } }),
    ['warming_up', 'healthy', 'leak native'],
  ],
  [
    'a leak per request, by day and by night',
    48,
    (hour) => ({
      load: 0.5 + 0.3 * wave(hour),
      floorMb: 200 + 60 * wave(hour) + 10 * hour,
      types: {
        Order: 1000 + 10_000 * (hour + 2.3 * (1 - Math.cos((hour / 24) * 2 * Math.PI))),
        Cart: 5000 + 3000 * wave(hour),
      },
    }),
    ['warming_up', 'healthy', 'leak objects'],
  ],
  [
    'threads that are left behind',
    12,
    (hour) => ({ more: { threads: 20 + Math.floor(30 * hour) } }),
    ['warming_up', 'healthy', 'leak objects'],
  ],
  [
    'sockets that are left behind',
    24,
    (hour) => ({ types: { Socket: 20 + 200 * hour, Cart: 5000 }, more: { openFds: Math.floor(50 + 200 * hour) } }),
    ['warming_up', 'healthy', 'leak objects'],
  ],
  ['a process in which nothing grows', 24, () => ({ types: { Order: 5000 } }), ['warming_up', 'healthy']],
  [
    'a warm-up after a deployment',
    12,
    (hour) => ({ floorMb: 100 + 200 * filled(hour, 0.2), types: { Class: 20_000 * filled(hour, 0.2) } }),
    ['warming_up', 'healthy'],
  ],
  [
    'a cache that fills to its bound',
    24,
    (hour) => ({ floorMb: 200 + 150 * filled(hour, 2), types: { Entry: 150_000 * filled(hour, 2), Cart: 5000 } }),
    ['warming_up', 'healthy'],
  ],
  [
    'a day with its load',
    48,
    (hour) => ({
      load: 0.5 + 0.3 * wave(hour),
      floorMb: 300 + 100 * wave(hour),
      types: { Order: 50_000 + 30_000 * wave(hour) },
    }),
    ['warming_up', 'healthy'],
  ],
  [
    'traffic that doubles over half a day',
    16,
    (hour) => {
      const load = 1 + Math.min(1, hour / 12);
      return { load: 0.5 * load, floorMb: 200 * load, types: { Order: 20_000 * load, Cart: 10_000 * load } };
    },
    ['warming_up', 'healthy'],
  ],
  [
    'clients that stay connected',
    16,
    (hour) => {
      const clients = 4000 * filled(hour, 2);
      return {
        floorMb: 200 + clients / 40,
        types: { Session: 20 * clients },
        more: { openFds: Math.round(50 + clients) },
      };
    },
    ['warming_up', 'healthy'],
  ],
  [
    'a heap in use that climbs to each collection, with a floor that does not',
    12,
    (hour) => ({ more: { heapUsedBytes: (200 + 700 * (hour % 1)) * 1e6 }, residentMb: 1000 }),
    ['warming_up', 'healthy'],
  ],
  ['a pod half full of page cache', 12, () => ({ more: { workingSetBytes: 1440e6 } }), ['warming_up', 'healthy']],
  [
    'resident memory of twice the heap that does not grow',
    12,
    () => ({ floorMb: 300, residentMb: 900 }),
    ['warming_up', 'healthy'],
  ],
  [
    'a queue that fills when load rises at once, and drains',
    14,
    (hour) => {
      const queued = hour < 4 ? 0 : Math.max(0, hour < 6 ? hour - 4 : 8 - hour);
      const types = { Task: 100 + 150_000 * queued, Cart: 5000 };
      return { load: hour >= 4 && hour < 6 ? 0.9 : 0.5, floorMb: 200 + 150 * queued, types };
    },
    ['warming_up', 'healthy', 'backlog', 'healthy'],
  ],
  [
    'a queue whose consumer died',
    9,
    (hour) => {
      const queued = Math.max(0, hour - 4);
      return {
        load: hour < 4 ? 0.5 : 0.2,
        floorMb: 200 + 100 * queued,
        types: { Task: 100 + 100_000 * queued, Cart: 5000 },
      };
    },
    ['warming_up', 'healthy', 'backlog'],
  ],
  [
    'garbage that may not be freed, however the load was when it began',
    9,
    (hour) => {
      const left = Math.max(0, hour - 4);
      const types = { Node: 100 + 100_000 * left, Cart: 5000 };
      const more = { garbageObjects: 100_000 * left };
      return { load: hour < 4 ? 0.5 : 0.9, floorMb: 200 + 100 * left, types, more };
    },
    ['warming_up', 'healthy', 'leak uncollectable'],
  ],
  [
    'what a heap gives back and the allocator keeps',
    14,
    (hour) => {
      const floorMb = 700 - 500 * Math.min(1, Math.max(0, (hour - 2) / 8));
      return { floorMb, residentMb: 800, more: { nativeBytes: (800 - floorMb) * 1e6 } };
    },
    ['warming_up', 'healthy'],
  ],
  [
    'memory outside the heap that grows, of a runtime that tells how much it is',
    10,
    (hour) => ({ residentMb: 400 + 60 * hour, more: { nativeBytes: (100 + 60 * hour) * 1e6 } }),
    ['warming_up', 'healthy', 'leak native'],
  ],
  [
    'class loaders that nobody lets go',
    10,
    (hour) => ({ residentMb: 350 + 60 * hour, more: { metaspaceBytes: (40 + 60 * hour) * 1e6 } }),
    ['warming_up', 'healthy', 'leak objects'],
  ],
  [
    'classes that are let go, which full collections find',
    24,
    (hour) => ({
      residentMb: 350 + 20 * (hour % 6),
      more: { metaspaceBytes: (40 + 20 * (hour % 6)) * 1e6, fullCollections: Math.floor(hour / 6) },
    }),
    ['warming_up', 'healthy'],
  ],
  [
    'code that is loaded when it is first used',
    24,
    (hour) => ({ more: { metaspaceBytes: (40 + 120 * filled(hour, 1)) * 1e6, metaspaceLimitBytes: 256e6 } }),
    ['warming_up', 'healthy'],
  ],
  [
    'bursts that reach the limit',
    6,
    (hour) => ({ floorMb: hour % 1 > 0.8 && hour > 2 ? 950 : 400 }),
    ['warming_up', 'healthy', 'overflow burst'],
  ],
  [
    'a heap that is too small and collects all the time',
    6,
    (hour) => ({ floorMb: 800, more: { gcPauseSeconds: 360 * hour } }),
    ['warming_up', 'healthy', 'overflow undersized'],
  ],
  [
    'a heap limit that does not fit into the container, with a live set of 36 MB',
    6,
    (hour) => ({
      floorMb: 36,
      residentMb: 400 + 1600 * filled(hour, 1),
      more: { heapUsedBytes: 1000e6 * filled(hour, 1), heapLimitBytes: 2000e6, cgroupLimitBytes: 2048e6 },
    }),
    ['warming_up', 'healthy', 'overflow undersized'],
  ],
])('%s', (_what, hours, momentAt, verdicts) => {
  expect(verdictsOf(samplesOf(hours, momentAt))).toEqual(verdicts);
});

const leaking = (hour: number): Moment => ({
  floorMb: 200 + 20 * hour,
  types: { Order: 1000 + 20_000 * hour, Cart: 5000 },
});

test('a leak is told with its types, its rate, when it began, and the time to the limit', () => {
  const leak = changes(samplesOf(12, leaking)).at(-1)!;
  expect(leak.suspects).toMatchObject([{ type: 'Order' }]);
  const { objectsPerSecond, bytesPerSecond } = leak.suspects[0]!;
  expect(objectsPerSecond * 3600).toBeCloseTo(20_000, -3);
  expect(bytesPerSecond * 3600).toBeCloseTo(20e6, -6);
  expect(leak.growth!.sinceSeconds).toBeLessThan(900);
  expect(leak.bindingLimit).toBe('heap');
  const truth = 40 * 3600 - leak.atSeconds;
  expect(leak.oomEtaSeconds! / truth).toBeGreaterThan(0.8);
  expect(leak.oomEtaSeconds! / truth).toBeLessThan(1.25);
  expect(leak.evidence.map(({ signal, exceeded }) => [signal, exceeded])).toEqual([
    ['growth_significance', true],
    ['growth_duration_seconds', true],
    ['growth_straightness', true],
  ]);
});

test('a leak of class loaders names the limit that it meets first, and is found before half of the time is over', () => {
  const samples = samplesOf(10, (hour) => ({
    residentMb: 350 + 20 * hour,
    types: { Order: 1000 },
    // A heap in which little happens is looked through once in an hour.
    more: { metaspaceBytes: (40 + 20 * hour) * 1e6, metaspaceLimitBytes: 256e6, fullCollections: Math.floor(hour) },
  }));
  const leak = changes(samples).at(-1)!;
  expect(leak).toMatchObject({ verdict: 'leak', cause: 'objects', bindingLimit: 'metaspace' });
  expect(leak.atSeconds).toBeLessThan(5.4 * 3600);
  const truth = 10.8 * 3600 - leak.atSeconds;
  expect(leak.oomEtaSeconds! / truth).toBeGreaterThan(0.8);
  expect(leak.oomEtaSeconds! / truth).toBeLessThan(1.25);
  expect(leak.limits.find(({ limit }) => limit === 'cgroup')!.etaSeconds).toBeGreaterThan(leak.oomEtaSeconds!);
  expect(leak.evidence.map(({ words }) => words).join('\n')).toMatch(
    /metaspace.* grows steadily, by 20 MB per hour.*the limit of metaspace is reached in/s,
  );
});

test('direct buffers that nobody lets go are a leak of objects, and count against their own limit', () => {
  const samples = samplesOf(10, (hour) => ({
    residentMb: 350 + 60 * hour,
    types: { 'java.nio.DirectByteBuffer': 1000 + 6000 * hour, Order: 1000 },
    more: { directLimitBytes: 700e6 },
  }));
  const leak = changes(samples).at(-1)!;
  expect(leak).toMatchObject({ verdict: 'leak', cause: 'objects', bindingLimit: 'direct' });
  expect(leak.suspects[0]?.type).toBe('java.nio.DirectByteBuffer');
  expect(leak.limits.find(({ limit }) => limit === 'direct')).not.toHaveProperty('usedRatio');
});

test('a leak of 12 MB a day is found', () => {
  const samples = samplesOf(48, (hour) => ({
    floorMb: 200 + hour / 2,
    types: { Order: 500 + 500 * hour, Cart: 5000 },
  }));
  expect(verdictsOf(samples)).toEqual(['warming_up', 'healthy', 'leak objects']);
});

test('the nearer the end, the sooner it is called', () => {
  const found = (mbPerHour: number) => {
    const moment = (hour: number) => ({
      floorMb: 200 + mbPerHour * hour,
      types: { Order: 1000 + 1000 * mbPerHour * hour, Cart: 5000 },
    });
    return changes(samplesOf(10, moment)).find(({ verdict }) => verdict === 'leak')!.atSeconds;
  };
  expect(found(200)).toBeLessThan(3600 * 1.2);
  expect(found(60)).toBeGreaterThan(found(200));
});

test('an uncollectable leak: gc.garbage grows, or the collector is switched off', () => {
  const withGarbage = samplesOf(12, (hour) => ({
    ...leaking(hour),
    more: { garbageObjects: Math.round(20_000 * hour) },
  }));
  expect(verdictsOf(withGarbage).at(-1)).toBe('leak uncollectable');
  const switchedOff = samplesOf(12, (hour) => ({ ...leaking(hour), more: { gcEnabled: false } }));
  expect(verdictsOf(switchedOff).at(-1)).toBe('leak uncollectable');
});

test('a census that counts garbage is believed only after a full collection', () => {
  // Garbage grows until a collection every third hour; two censuses of three are full of it.
  const samples = samplesOf(24, (hour) => ({
    types: { Order: 10_000 + 100_000 * ((hour % 3) / 3), Cart: 5000 },
    more: { fullCollections: Math.floor(hour / 3) },
  })).map(({ heapLiveBytes, ...rest }, minute) => (minute % 180 === 0 ? { ...rest, heapLiveBytes: 200e6 } : rest));
  expect(verdictsOf(samples, { censusCountsGarbage: true }).filter((verdict) => verdict.startsWith('leak'))).toEqual(
    [],
  );
});

test.each([
  [
    'began before it was first looked at, when load happens to fall, is a leak',
    (hour: number) => 100 + 40_000 * hour,
    (hour: number) => (hour < 3 ? 0.9 : 0.5),
    'leak objects',
  ],
  [
    'began with a step of load not long before it was first looked at is a backlog',
    (hour: number) => 100 + 60_000 * Math.max(0, hour - 2.8),
    (hour: number) => (hour < 2.8 ? 0.3 : 0.6),
    'backlog',
  ],
])('growth that %s', (_what, orders, load, verdict) => {
  // As in a JVM with room: three hours without a full collection, then six in an hour.
  const samples = samplesOf(9, (hour) => ({
    load: load(hour),
    floorMb: 200 + orders(hour) / 1000,
    types: { Order: orders(hour), Cart: 5000 },
    more: { fullCollections: Math.floor(Math.max(0, hour - 3) * 6) },
  })).map(({ heapLiveBytes, ...rest }, minute) =>
    minute >= 180 && minute % 10 === 0 ? { ...rest, heapLiveBytes: heapLiveBytes! } : rest,
  );
  expect(verdictsOf(samples, { censusCountsGarbage: true }).slice(2)).toEqual([verdict]);
});

test.each([
  ['white noise', 0],
  ['noise that stays for half an hour', 0.97],
  ['noise that stays for hours', 0.995],
])('a constant is no leak: %s', (_what, likeness) => {
  for (let seed = 1; seed <= 3; seed++) {
    const random = noise(seed);
    const parts = [0, 0, 0];
    const tremble = (index: number) => {
      parts[index] = parts[index]! * likeness + Math.sqrt(1 - likeness ** 2) * random();
      return 1 + 0.1 * parts[index]!;
    };
    const samples = samplesOf(24, () => ({
      floorMb: 300 * tremble(0),
      residentMb: 500 + 100 * tremble(1),
      types: { Order: 5000 * tremble(2), Cart: 3000 },
    }));
    expect(verdictsOf(samples)).toEqual(['warming_up', 'healthy']);
  }
});

test('what scales bytes scales growth and nothing else', () => {
  const scaled = ({ types, ...sample }: AssessmentSample): AssessmentSample => ({
    ...sample,
    heapUsedBytes: sample.heapUsedBytes! * 8,
    heapLiveBytes: sample.heapLiveBytes! * 8,
    heapLimitBytes: sample.heapLimitBytes! * 8,
    residentBytes: sample.residentBytes * 8,
    cgroupLimitBytes: sample.cgroupLimitBytes! * 8,
    ...(types && { types: types.map((row) => ({ ...row, bytes: row.bytes * 8 })) }),
  });
  const samples = samplesOf(12, leaking);
  const [small, large] = [changes(samples).at(-1)!, changes(samples.map(scaled)).at(-1)!];
  expect(large).toMatchObject({ verdict: 'leak', atSeconds: small.atSeconds });
  expect(large.growth!.bytesPerSecond).toBeCloseTo(8 * small.growth!.bytesPerSecond);
});

test('it does not matter when it happens, nor at which pace', () => {
  const samples = samplesOf(12, leaking);
  const later = samples.map((sample) => ({ ...sample, atSeconds: sample.atSeconds + 1.7e9 }));
  const faster = samples.map((sample) => ({
    ...sample,
    atSeconds: sample.atSeconds / 60,
    cpuSeconds: sample.cpuSeconds / 60,
    gcPauseSeconds: sample.gcPauseSeconds! / 60,
  }));
  const { atSeconds } = changes(samples).at(-1)!;
  expect(changes(later).at(-1)).toMatchObject({ verdict: 'leak', atSeconds: atSeconds + 1.7e9 });
  expect(changes(faster, { pace: 60 }).at(-1)).toMatchObject({ verdict: 'leak', atSeconds: atSeconds / 60 });
});

test('a restart of ours changes nothing when the state is kept', () => {
  const samples = samplesOf(12, leaking);
  let assessor = createAssessor({ censusCountsGarbage: false });
  let found: number | undefined;
  for (const [index, sample] of samples.entries()) {
    if (index % 60 === 59)
      assessor = createAssessor({ censusCountsGarbage: false }, JSON.parse(JSON.stringify(assessor.state())));
    assessor.add(sample);
    if (assessor.assessment()!.verdict === 'leak') found ??= sample.atSeconds;
  }
  expect(found).toBe(changes(samples).at(-1)!.atSeconds);
});

test('a leak is seen through restarts of the process', () => {
  // It lives for four hours each time, with an empty heap at first.
  const samples = samplesOf(24, (hour) => ({
    floorMb: 200 + 150 * (hour % 4),
    types: { Order: 1000 + 150_000 * (hour % 4), Cart: 5000 },
    more: { process: String(Math.floor(hour / 4)) },
  }));
  const verdicts = verdictsOf(samples);
  expect(verdicts.filter((verdict) => verdict === 'leak objects')).toHaveLength(1);
  expect(verdicts.at(-1)).toBe('leak objects');
});

test('a clock that is set back, gaps and counters that start again make no verdict', () => {
  const samples = samplesOf(24, () => ({ types: { Order: 5000 } }));
  const disturbed = samples
    .filter((_, minute) => minute % 300 > 100)
    .map((sample, index) => ({
      ...sample,
      ...(index > 300 && { atSeconds: sample.atSeconds - 7200 }),
      ...(index > 500 && { cpuSeconds: sample.cpuSeconds - 10_000, fullCollections: 3, gcPauseSeconds: 0 }),
    }));
  expect(verdictsOf(disturbed)).toEqual(['warming_up', 'healthy']);
});

test('a limit that is raised while it runs moves the end away', () => {
  const samples = samplesOf(12, leaking).map((sample) =>
    sample.atSeconds < 11.5 * 3600 ? sample : { ...sample, heapLimitBytes: 4000e6 },
  );
  const assessor = createAssessor({ censusCountsGarbage: false });
  const etas = samples.map((sample) => {
    assessor.add(sample);
    return assessor.assessment()!.oomEtaSeconds ?? 0;
  });
  expect(etas.at(-1)! / etas.at(-60)!).toBeGreaterThan(3);
});
