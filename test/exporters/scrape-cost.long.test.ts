import { expect, test } from 'vitest';
import { measureScrape } from './scrape-cost.ts';

const ratioAllowed = 1.15;

test(`a scrape costs at most ${ratioAllowed} of what prom-client alone needs for the same series`, async () => {
  const { ours, alone, ratio, series } = await measureScrape(50);
  console.log(`scrape ${ours.toFixed(1)} ms, prom-client alone ${alone.toFixed(1)} ms, ratio ${ratio.toFixed(3)}`);
  expect(series).toBeGreaterThan(5000);
  expect(ratio).toBeLessThanOrEqual(ratioAllowed);
});
