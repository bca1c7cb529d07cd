import { afterAll, expect, test } from 'vitest';
import { type CensusSubject, censusOf, censusSubjects, startCensusSubject } from '../../real/java-census.ts';
import { differences, histogramOf, histogramOfCensus } from '../../real/java-histogram.ts';
import type { Program } from '../../real/program.ts';
import { median } from '../median.ts';

// `npm run bench`: the table of docs/accuracy/jvm.md, how far a census is from what the JVM counts itself, at rest and
// while it allocates 300 MB/s.

const objects = 1_000_000;
const censusesUnderLoad = 50;
const rows = [
  '| JDK | collector | objects | classes of the program off | all classes off | skipped | census | old class exact under 300 MB/s | census then |',
  `|${' --- |'.repeat(9)}`,
];

test.each(censusSubjects)(
  'a million objects of Java $version with $collector',
  async (subject) => {
    const program = await startCensusSubject({ ...subject, mode: ['-Xmx1g'] }, objects);
    const rest = await atRest(program);
    const load = await underLoad(program);
    const cells = [
      ...[subject.version, subject.collector, rest.objects, rest.ownOff, describe(rest.off, subject), rest.skipped],
      ...[`${rest.ms.toFixed(0)} ms`, `${load.exact} of ${censusesUnderLoad}`, `${load.ms.toFixed(0)} ms`],
    ];
    rows.push(`| ${cells.join(' | ')} |`);
    expect(load.exact).toBe(censusesUnderLoad);
  },
  300_000,
);

afterAll(() => console.log(`\n${rows.join('\n')}`));

async function atRest(program: Program) {
  await program.ask('collect');
  await histogramOf(program);
  const census = censusOf(program);
  const off = differences(histogramOfCensus(census), await histogramOf(program));
  const own = Object.entries(off).filter(([type]) => type.startsWith('JvmCensus'));
  return {
    objects: census.objects,
    ownOff: own.reduce((sum, [, count]) => sum + Math.abs(count), 0),
    off,
    skipped: census.quality.skippedRatio,
    ms: census.durationSeconds * 1000,
  };
}

async function underLoad(program: Program) {
  await program.ask('collect');
  await program.ask('churn 300');
  const censuses = Array.from({ length: censusesUnderLoad }, () => censusOf(program));
  const exact = censuses.filter((one) => histogramOfCensus(one).get('JvmCensus$Node')?.count === objects).length;
  return { exact, ms: median(censuses.map(({ durationSeconds }) => durationSeconds * 1000)) };
}

/** More than the JVM has, and fewer. */
function describe(off: Record<string, number>, { collector }: CensusSubject): string {
  const counts = Object.values(off);
  const more = counts.filter((count) => count > 0).reduce((sum, count) => sum + count, 0);
  const fewer = -counts.filter((count) => count < 0).reduce((sum, count) => sum + count, 0);
  const garbage = collector === 'Z' || collector === 'Shenandoah' ? ' (garbage)' : '';
  return [more > 0 ? `+${more}${garbage}` : '', fewer > 0 ? `-${fewer}` : ''].filter(Boolean).join(', ') || '0';
}
