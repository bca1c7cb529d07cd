import { existsSync } from 'node:fs';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium of the machine's, where there is one. */
export const chromiumPath = [process.env.CHROMIUM_PATH ?? '', ...places].find(
  (path) => path !== '' && existsSync(path),
);

/** A page in a browser of its own. */
export interface Tab {
  readonly page: Page;
  /** What went wrong in the page: errors on its console, exceptions, loads that failed or were refused. */
  readonly problems: string[];
}

/** Ends with the test. */
export async function openTab(url: string, options: BrowserContextOptions = {}): Promise<Tab> {
  // Chromium refuses its sandbox to root, which tests run as in containers.
  const browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
  onTestFinished(() => browser.close());
  const page = await (await browser.newContext(options)).newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  return { page, problems };
}
