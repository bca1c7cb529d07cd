import { expect, test } from 'vitest';
import type { HeapVitals } from '../../../../src/model/vitals.ts';
import { hotspot } from '../../../../src/runtimes/hotspot/index.ts';
import { collectorOptions, startJava } from '../../../real/java-program.ts';
import { jdks, supportedReleases } from '../../../real/jdks.ts';
import { testNeeding } from '../../../real/needs.ts';
import { refOf } from '../../../real/process-ref.ts';
import { until } from '../../../real/until.ts';

const mb = 2 ** 20;

interface Usage {
  readonly used: number;
  readonly committed: number;
  readonly initial: number;
  readonly max: number;
  readonly usedAfterGc?: number;
}

/** What JvmVitals.java says of itself. */
interface Beans {
  readonly heap: Usage;
  readonly pools: Readonly<Record<string, Usage>>;
  readonly collectors: Readonly<Record<string, { readonly collections: number; readonly seconds: number }>>;
  readonly directBytes: number;
}

/** Those that count collections, or pauses as our counters do: not the MXBeans of whole cycles. */
const kindOfBean: Readonly<Record<string, string>> = {
  Copy: 'young',
  MarkSweepCompact: 'old',
  'PS Scavenge': 'young',
  'PS MarkSweep': 'old',
  'G1 Young Generation': 'young',
  'G1 Old Generation': 'old',
  'G1 Concurrent GC': 'concurrent',
  'ZGC Pauses': 'concurrent',
  'ZGC Minor Pauses': 'young',
  'ZGC Major Pauses': 'concurrent',
};

const subjects = jdks.flatMap((jdk) => [
  ...jdk.collectors.map((collector) => ({ version: jdk.version, collector, jdk, mode: [] as string[] })),
  // Two collectors of one name, from 21 to 23.
  ...(jdk.release === 21 ? [{ version: jdk.version, collector: 'Z' as const, jdk, mode: ['-XX:+ZGenerational'] }] : []),
]);

// What is not there is told by name, and fails in CI.
for (const release of supportedReleases.filter((one) => !jdks.some((jdk) => jdk.release === one))) {
  testNeeding(`Java ${release}`, false)(`Java ${release}: vitals are what its MXBeans say`, () => undefined);
}

test.each(subjects)(
  'Java $version with $collector $mode: vitals are what its MXBeans say',
  async ({ jdk, collector, mode }) => {
    const options = [...collectorOptions(collector), ...mode, '-Xms64m', '-Xmx128m', '-XX:MaxMetaspaceSize=64m'];
    const program = await startJava(jdk, options, 'JvmVitals');
    const session = hotspot.open(refOf(program.pid));
    let collectedAtSeconds = 0;
    for (const command of ['beans', 'keep 20', 'churn 100', 'collect', 'keep 5']) {
      if (command === 'collect') collectedAtSeconds = Date.now() / 1000;
      session.vitals();
      await program.ask(command);
    }

    // What has been allocated since the collection is seen by itself: the beans, which would bring counters up to date, have
    // not been asked.
    await until('new objects to be seen', 5000, () => session.vitals().usedBytes! > 24 * mb);

    const { heap } = await program.ask<Beans>('beans');
    const { limitBytes, initialBytes, limits } = session.vitals();
    expect([limitBytes, initialBytes]).toEqual([128 * mb, 64 * mb]);
    expect(limits!.metaspace!.limitBytes).toBe(64 * mb);
    // Direct buffers may take what Runtime.maxMemory() says; later Serials do not tell what that is.
    const isTold = collector !== 'Serial' || jdk.release <= 25;
    expect(limits!.direct?.limitBytes).toBe(isTold ? heap.max : undefined);

    // Up to JDK 21 Serial and Parallel sample their eden 20 times a second, Shenandoah its heap about 10 times; and a
    // collection may come in between.
    await until('both to say the same', 10_000, async () => {
      const beans = await program.ask<Beans>('beans');
      expectSame(session.vitals(), beans, collectedAtSeconds);
      return true;
    });
    session.close();
  },
);

test.each(jdks.map((jdk) => ({ jdk, version: jdk.version })))(
  'Java $version: an OutOfMemoryError counts, also one that is caught',
  async ({ jdk }) => {
    const program = await startJava(jdk, ['-Xmx64m'], 'JvmVitals');
    const session = hotspot.open(refOf(program.pid));
    const errors = () => session.vitals().outOfMemoryErrors?.java_heap;
    // JDK 8 has no counter.
    expect(errors()).toBe(jdk.release === 8 ? undefined : 0);
    await program.ask('fail');
    await program.ask('fail');
    expect(errors()).toBe(jdk.release === 8 ? undefined : 2);
    session.close();
  },
);

function expectSame(vitals: HeapVitals, { heap, pools, collectors }: Beans, collectedAtSeconds: number): void {
  expect(vitals.usedBytes).toBe(heap.used);
  // The bean leaves out the survivor space that is empty by turns.
  const unused = (pools['Survivor Space'] ?? pools['PS Survivor Space'])?.committed ?? 0;
  expect(vitals.committedBytes).toBe(heap.committed + unused);
  // As of the last collection: classes that were loaded since are not in it.
  expect(vitals.externalBytes.metaspace! / pools.Metaspace!.used).toBeGreaterThan(0.7);
  expect(vitals.externalBytes.metaspace! / pools.Metaspace!.used).toBeLessThan(1.02);
  for (const [name, { collections, seconds }] of Object.entries(collectors)) {
    const gc = kindOfBean[name];
    if (gc === undefined) continue;
    const ours = vitals.gc.find((one) => one.gc === gc)!;
    expect(ours).toMatchObject({ collections, full: gc === 'old' });
    // The beans cut each collection's time to whole milliseconds.
    expect(Math.abs(ours.pauseSeconds! - seconds)).toBeLessThan(0.001 * (collections + 1));
  }
  const old = Object.entries(pools).find(([name]) => /Old Gen|Tenured/.test(name))?.[1];
  if (old !== undefined && vitals.gc.some((one) => one.full)) {
    expect(vitals.live!.bytes).toBe(old.usedAfterGc);
    // The JVM's clock began with its start, of which it tells the millisecond.
    expect(vitals.live!.atSeconds).toBeGreaterThan(collectedAtSeconds - 0.1);
    expect(vitals.live!.atSeconds).toBeLessThan(Date.now() / 1000 + 0.1);
  } else {
    expect(vitals.live).toBeUndefined();
  }
}
