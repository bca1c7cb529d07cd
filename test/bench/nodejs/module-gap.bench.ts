import { afterAll, expect, test } from 'vitest';
import { moduleUrl, ownNodes } from '../../module/watched.ts';
import { startProgram } from '../../real/program.ts';
import { median } from '../median.ts';

// `npm run bench`: how long a service's event loop stands still while its own objects are counted in another thread: the
// longest gap of a 1 ms timer, in turns with one gc() and with doing nothing for as long as a census takes.

const turns = 11;
const rows = [
  '| Node.js | objects | idle | census | gc() | (census - idle) / gc() | objects/s |',
  '| --- | --- | --- | --- | --- | --- | --- |',
];

interface Gap {
  readonly gapMs: number;
}

interface Counted extends Gap {
  readonly counted: number;
  readonly durationSeconds: number;
}

test.each(ownNodes.flatMap((node) => [1_000_000, 5_000_000].map((objects) => ({ ...node, objects }))))(
  '$objects objects in Node.js $version',
  async ({ path, version, objects }) => {
    const program = await startProgram(path, 'counted_inside.mjs', moduleUrl, String(objects));
    const [idle, census, gc, speed]: number[][] = [[], [], [], []];
    for (let turn = 0; turn < turns; turn++) {
      const counted = await program.ask<Counted>('census');
      expect(counted.counted).toBeGreaterThan(objects);
      census!.push(counted.gapMs);
      speed!.push(counted.counted / counted.durationSeconds);
      idle!.push((await program.ask<Gap>(`idle ${Math.round(counted.durationSeconds * 1000)}`)).gapMs);
      gc!.push((await program.ask<Gap>('gc')).gapMs);
    }
    const share = (median(census!) - median(idle!)) / median(gc!);
    const cells = [
      version,
      `${objects / 1e6} M`,
      ...[idle, census, gc].map((gaps) => `${median(gaps!).toFixed(1)} ms`),
      share.toFixed(2),
      `${(median(speed!) / 1e6).toFixed(0)} M`,
    ];
    rows.push(`| ${cells.join(' | ')} |`);
  },
  300_000,
);

afterAll(() => console.log(`Medians of ${turns}\n\n${rows.join('\n')}`));
