import { expect, test } from 'vitest';
import { measureScrape } from '../exporters/scrape-cost.ts';
import { summarize } from './summary.ts';

// Of about 1,000, 10,000 and 50,000 series.
test.each([6, 62, 312])(
  'a scrape of %i processes, against prom-client with the same series',
  async (targets) => {
    const { ours, alone, series } = await measureScrape(targets);
    const per1000 = 1000 / series;
    const what = `scrape of 1,000 series, of ${series.toLocaleString('en')} in all`;
    const against = 'prom-client alone';
    summarize({ what, ours: ours * per1000, unit: 'ms', against, theirs: alone * per1000 });
    expect(ours).toBeGreaterThan(0);
  },
  300_000,
);
