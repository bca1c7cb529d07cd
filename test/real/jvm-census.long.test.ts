import { expect, test } from 'vitest';
import type { ProcessRef } from '../../src/model/target.ts';
import { hotspot } from '../../src/runtimes/hotspot/index.ts';
import { censusOf, censusSubject, censusSubjects, expectExactCensus, startCensusSubject } from './java-census.ts';
import { histogramOfCensus } from './java-histogram.ts';
import { jdks } from './jdks.ts';
import { refOf } from './process-ref.ts';
import { stop } from './stopped.ts';

test.each(censusSubjects)('Java $version with $collector: a census is what the JVM counts itself', expectExactCensus);

test.each(censusSubjects)(
  'Java $version with $collector: an old class of a million is exact in 50 censuses while 300 MB/s are allocated',
  async (subject) => {
    const program = await startCensusSubject({ ...subject, mode: [...subject.mode, '-Xmx1g'] }, 1_000_000);
    await program.ask('collect');
    await program.ask('collect');
    await program.ask('churn 300');
    const counts = Array.from({ length: 50 }, () => histogramOfCensus(censusOf(program)).get('JvmCensus$Node')?.count);
    expect(counts).toEqual(counts.map(() => 1_000_000));
  },
);

test.each(jdks.filter(({ release }) => [8, 17, 25].includes(release)))(
  'Java $version: what is kept of G1 is what is there, while concurrent cycles find what is dead and regions are emptied',
  async (jdk) => {
    const often = ['-XX:InitiatingHeapOccupancyPercent=20', '-XX:G1MixedGCLiveThresholdPercent=95'];
    const soon = ['-Xmx96m', '-Xmn10m', '-XX:MaxTenuringThreshold=1', '-XX:G1HeapWastePercent=0'];
    const program = await startCensusSubject(censusSubject(jdk, 'G1', ...often, ...soon));
    const ref = refOf(program.pid);
    let compared = 0;
    for (let round = 0; round < 20; round++) {
      await program.ask(`replace ${round % 7 === 0 ? 400_000 : 3000 * (1 + (round % 5))}`);
      await stop(program.pid);
      const [kept, anew] = ['/proc', `/proc/${'./'.repeat(round)}.`].map((procfsPath) =>
        ownCounts({ ...ref, procfsPath }),
      );
      process.kill(program.pid, 'SIGCONT');
      if (kept === undefined || anew === undefined) continue; // stopped in a collection
      expect(kept).toEqual(anew);
      compared++;
    }
    expect(compared).toBeGreaterThan(5);
    await program.end();
  },
);

/** Undefined when the JVM was stopped in a collection. */
function ownCounts(ref: ProcessRef): unknown {
  try {
    return hotspot.census(ref, new Int32Array(1)).types.filter(({ type }) => type.startsWith('JvmCensus'));
  } catch (error) {
    if ((error as { kind?: string }).kind === 'busy') return undefined;
    throw error;
  }
}
