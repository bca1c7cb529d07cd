import { afterAll, expect, test } from 'vitest';
import { askCensus } from '../../../src/runtimes/hotspot/attach-protocol/asked-census.ts';
import { startJava } from '../../real/java-program.ts';
import { jdks } from '../../real/jdks.ts';
import { refOf } from '../../real/process-ref.ts';
import { median } from '../median.ts';

// `npm run bench -- test/bench/jvm/attach`: for how long a JVM with CMS, which is asked for its census, keeps a thread that
// wakes every half millisecond from it; against a full collection. Medians of five, of one run.

const objects = 1_000_000;
const rows = ['| JDK | gap idle | asked | full GC | asked / full GC |', `|${' --- |'.repeat(5)}`];

test.each(jdks.filter(({ release }) => release === 8 || release === 11))(
  'a million objects of Java $version with CMS',
  async (jdk) => {
    const program = await startJava(jdk, ['-XX:+UseConcMarkSweepGC', '-Xmx500m'], 'JvmTicker', String(objects));
    const ref = refOf(program.pid);
    await askCensus(ref); // from now on it listens
    const gapOf = async (work: () => Promise<unknown>) => {
      const gaps: number[] = [];
      for (let round = 0; round < 5; round++) {
        await program.ask('gap');
        await work();
        gaps.push((await program.ask<{ ms: number }>('gap')).ms);
      }
      return median(gaps);
    };
    const idle = await gapOf(() => new Promise((resolve) => setTimeout(resolve, 200)));
    const asked = await gapOf(() => askCensus(ref));
    const full = await gapOf(() => program.ask('collect'));
    const cells = [jdk.version, ...[idle, asked, full].map((gap) => `${gap.toFixed(1)} ms`), (asked / full).toFixed(2)];
    rows.push(`| ${cells.join(' | ')} |`);
    expect(full).toBeGreaterThan(idle);
  },
  120_000,
);

afterAll(() => console.log(`\n${rows.join('\n')}`));
