import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Fails on what axe-core finds that is serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  const run =
    'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => [impact, id, nodes[0].html]))';
  // The page's policy forbids scripts that stand in it; what the debugger evaluates is none.
  const found: [impact: string, ...what: string[]][] = await page.evaluate(`${axe.source};${run}`);
  expect(found.filter(([impact]) => impact === 'serious' || impact === 'critical')).toEqual([]);
}
