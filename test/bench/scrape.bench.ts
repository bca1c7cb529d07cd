import { expect, test } from 'vitest';
import { measureScrape } from '../exporters/scrape-cost.ts';
import { summarize } from './summary.ts';

test('a scrape, against prom-client with the same series', async () => {
  const { ours, alone, series } = await measureScrape();
  const per1000 = 1000 / series;
  const against = 'prom-client alone';
  summarize({ what: 'scrape of 1,000 series', ours: ours * per1000, unit: 'ms', against, theirs: alone * per1000 });
  expect(ours).toBeGreaterThan(0);
});
