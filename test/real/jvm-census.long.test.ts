import { expect, test } from 'vitest';
import { censusOf, censusSubjects, expectExactCensus, startCensusSubject } from './java-census.ts';
import { histogramOfCensus } from './java-histogram.ts';

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
