import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { HistorySource, TargetHistory } from '../../src/model/history.ts';
import { hostileNames, hostileTarget } from '../metrics/hostile-target.ts';
import { emptySnapshot, sampleSnapshot, sampleTarget, sourceOf } from '../metrics/sample-snapshot.ts';
import { testNeeding } from '../real/needs.ts';
import { until } from '../real/until.ts';
import { expectAccessible } from './accessible.ts';
import { chromiumPath, openTab } from './chromium.ts';
import { servePage } from './served-page.ts';

const inChromium = testNeeding('Chromium', chromiumPath !== undefined);

const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

const { takenAtSeconds } = sampleSnapshot();

/** Half an hour of a target that grows, with a census in every minute. */
const past: TargetHistory = {
  readings: Array.from({ length: 360 }, (_, index) => ({
    atSeconds: takenAtSeconds - 1800 + index * 5,
    residentBytes: 50_000_000 + index * 100_000,
    heapUsedBytes: 30_000_000 + index * 80_000,
    ...(index % 40 === 0 && { heapLiveBytes: 28_000_000 + index * 80_000 }),
    workingSetBytes: 60_000_000 + index * 100_000,
    cpuSeconds: index,
    fullCollections: Math.floor(index / 40),
  })),
  censuses: Array.from({ length: 30 }, (_, index) => ({
    atSeconds: takenAtSeconds - 1800 + index * 60,
    types: [
      { type: 'tuple', count: 100_000 + index * 10_000, bytes: 6_400_000 + index * 640_000 },
      { type: 'str', count: 90_000, bytes: 9_000_000 },
    ],
  })),
};
const history: HistorySource = { history: ({ pid }) => (pid === 4711 ? past : undefined) };

/** Of a chart's pixels, how many are drawn with this colour of the style. */
function drawnPixels(page: Page, figure: string, colour: string): Promise<number> {
  const script = `(() => {
    const canvas = document.querySelector('section[aria-label="${figure}"] canvas');
    const probe = document.createElement('canvas').getContext('2d');
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--${colour}').trim();
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] === r && data[at + 1] === g && data[at + 2] === b) count++;
    return count;
  })()`;
  return page.evaluate(script);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, viewport] of [
    ['a desktop', desktop],
    ['a phone', phone],
  ] as const) {
    inChromium(`on ${device}, ${colorScheme}, every view can be read by everybody and fits the width`, async () => {
      const { url } = await servePage(sourceOf(sampleSnapshot()), history);
      const { page, problems } = await openTab(url, { colorScheme, viewport });
      const expectGood = async () => {
        await expectAccessible(page);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
      };
      await page.getByText('run heapwatch as the same user').waitFor();
      await page.getByText('live', { exact: true }).waitFor();
      await expectGood();
      await page.getByRole('link', { name: 'worker.py' }).click();
      await page.getByText('it has grown for 18 minutes').waitFor();
      await page.locator('canvas').first().waitFor();
      await expectGood();
      expect(await drawnPixels(page, 'Memory', 'blue')).toBeGreaterThan(200);
      expect(await drawnPixels(page, 'Memory', 'red')).toBeGreaterThan(100);
      expect(await drawnPixels(page, 'Types', 'blue')).toBeGreaterThan(100);
      await page.getByRole('link', { name: 'Incidents' }).click();
      await page.getByText('No watched process has died of memory.').waitFor();
      await expectGood();
      expect(problems).toEqual([]);
    });
  }
}

inChromium('a verdict that changes is shown and said within ten seconds, and the worst stands first', async () => {
  const { assessment } = sampleTarget();
  const { cause: _cause, oomEtaSeconds: _eta, ...rest } = assessment!;
  const healthy = { ...rest, verdict: 'healthy', suspects: [] } as const;
  const calm = (name: string, pid: number) =>
    sampleTarget({ assessment: healthy }, { serviceName: name, process: { pid, startTicks: 1, procfsPath: '/proc' } });
  const source = sourceOf(sampleSnapshot([calm('aaa', 1), calm('bbb', 2)]));
  const { url } = await servePage(source);
  const { page, problems } = await openTab(url);
  const services = () => page.locator('tbody th a').allTextContents();
  await page.getByText('✓ healthy').first().waitFor();
  expect(await services()).toEqual(['aaa', 'bbb']);
  const ill = { ...calm('bbb', 2), assessment: assessment! };
  source.current = sampleSnapshot([calm('aaa', 1), ill]);
  await page.getByRole('row', { name: 'bbb' }).getByText('leak of objects').waitFor({ timeout: 10_000 });
  expect(await services()).toEqual(['bbb', 'aaa']);
  expect(await page.getByRole('row', { name: 'bbb' }).textContent()).toMatch(
    /50 % of 191 MiB \(cgroup\).*3 h.*suspects.*tuple/,
  );
  expect(await page.getByRole('status').allTextContents()).toContain('bbb: leak of objects');
  source.current = sampleSnapshot([]);
  await page.getByText('One that starts appears here by itself').waitFor();
  expect(problems).toEqual([]);
});

inChromium('hostile names are text in the browser too, and nothing runs', async () => {
  const payloads = [
    '<img src=x onerror="document.title=1">',
    '<svg/onload=alert(1)>',
    'javascript:alert(1)',
    ...hostileNames.slice(0, 13),
  ];
  const target = hostileTarget();
  const types = payloads.map((type, index) => ({ type, count: 100 - index, bytes: 1000 }));
  const assessment = {
    ...target.assessment!,
    suspects: payloads.slice(0, 3).map((type) => ({ type, objectsPerSecond: 1, bytesPerSecond: 1 })),
    evidence: [{ ...target.assessment!.evidence[0]!, words: payloads[0]! }],
  };
  const hostile = {
    ...target,
    target: { ...target.target, serviceName: payloads[1]! },
    exportedTypes: types,
    assessment,
  };
  const hostilePast = { history: () => ({ ...past, censuses: past.censuses.map((census) => ({ ...census, types })) }) };
  const { url } = await servePage(sourceOf(sampleSnapshot([hostile])), hostilePast);
  const { page, problems } = await openTab(url);
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs++;
    void dialog.dismiss();
  });
  await page.getByRole('link', { name: payloads[1]! }).click();
  await page.getByRole('listitem').getByText(payloads[0]!).first().waitFor();
  await page
    .getByRole('table', { name: /^Types/ })
    .getByText('<script>alert(1)</script>')
    .waitFor();
  expect(await page.locator('main img[src], main script, svg[onload]').count()).toBe(0);
  expect([dialogs, problems, await page.title()]).toEqual([0, [], `${payloads[1]} – heapwatch`]);
});

inChromium('a keyboard is enough', async () => {
  const { url } = await servePage(sourceOf(sampleSnapshot()), history);
  const { page } = await openTab(url);
  await page.getByRole('link', { name: 'worker.py' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'worker.py' }).waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
  const table = page.getByRole('table', { name: /^Types, and what they gained/ });
  await table.getByText('+290,000').waitFor();
  await page.getByRole('radio', { name: '1 h' }).focus();
  await page.keyboard.press('ArrowLeft');
  await until('a shorter time', 10_000, async () => /gained in 14 min/.test((await table.textContent()) ?? ''));
  await page.getByRole('radio', { name: 'objects' }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('radio', { name: 'bytes' }).isChecked()).toBe(true);
  await page.goBack();
  await page.getByRole('row', { name: 'worker.py' }).waitFor();
});

inChromium('of many processes one is found by its name', async () => {
  const many = Array.from({ length: 100 }, (_, index) =>
    sampleTarget(
      {},
      { serviceName: `service-${index}`, process: { pid: index + 1, startTicks: 1, procfsPath: '/proc' } },
    ),
  );
  const { url } = await servePage(sourceOf(sampleSnapshot(many)));
  const { page } = await openTab(url);
  const rows = () => page.locator('tbody tr').count();
  await until('all', 20_000, async () => (await rows()) === 100);
  await page.getByRole('searchbox', { name: 'Find' }).fill('service-77');
  await until('one', 10_000, async () => (await rows()) === 1);
  await page.getByRole('searchbox').fill('nobody');
  await page.getByText('No process is called so.').waitFor();
});

inChromium('a page whose server ends says so, and goes on when there is one again', async () => {
  const source = sourceOf(emptySnapshot);
  const first = await servePage(source);
  const { page } = await openTab(first.url);
  await page.getByText('The first look around has not ended yet.').waitFor();
  await first.server.close();
  await page.getByText('connection lost, trying again').waitFor();
  source.current = sampleSnapshot();
  await servePage(source, history, Number(new URL(first.url).port));
  await page.getByRole('row', { name: 'worker.py' }).waitFor();
  await page.getByText('live', { exact: true }).waitFor();
});

inChromium('without scripts the page is a table', async () => {
  const { url } = await servePage(sourceOf(sampleSnapshot()));
  const { page } = await openTab(url, { javaScriptEnabled: false });
  await page.getByText('Reload for newer').waitFor();
  expect(await page.getByRole('row').filter({ hasText: 'worker.py' }).textContent()).toContain('leak of objects');
});
