import { afterAll, expect, test } from 'vitest';
import type { Census } from '../../../src/model/census.ts';
import { v8 } from '../../../src/runtimes/v8/index.ts';
import { type Node, nodes, withFlags } from '../../real/nodes.ts';
import { refOf } from '../../real/process-ref.ts';
import { startProgram } from '../../real/program.ts';

// `npm run bench`: the table of docs/accuracy/nodejs.md, how far a census is from what a program made.

const kinds = 21;
const ownClasses = ['Order', 'VipOrder', 'Legacy', 'Item', 'Cart', 'ShopError'];
const rows = [
  "| Node.js | objects made | found | of the program's classes off by | of the language's types off by at most | not understood |",
  '| --- | --- | --- | --- | --- | --- |',
];

test.each(nodes.flatMap((node) => [100_000, 1_000_000, 5_000_000].map((objects) => ({ node, objects }))))(
  'Node.js $node.version, $objects objects',
  async ({ node, objects }) => {
    const count = Math.floor(objects / kinds);
    const before = await censusOf(node, 0);
    const { census, made } = await censusOf(node, count);
    const off = Object.entries(made).map(([type, expected]): [string, number] => [
      type,
      countOf(census, type) - countOf(before.census, type) - expected,
    ]);
    const own = off
      .filter(([type]) => ownClasses.includes(type))
      .reduce((sum, [, difference]) => sum + Math.abs(difference), 0);
    const [type, most] = off.toSorted((a, b) => Math.abs(b[1]) - Math.abs(a[1]))[0]!;
    const cells = [
      node.version,
      (kinds * count).toLocaleString('en'),
      census.objects.toLocaleString('en'),
      own,
      `${type} ${most > 0 ? '+' : ''}${most}, ${((Math.abs(most) / made[type]!) * 100).toFixed(2)} %`,
      `${(census.quality.skippedRatio * 100).toFixed(3)} %`,
    ];
    rows.push(`| ${cells.join(' | ')} |`);
    expect(own).toBe(0);
  },
  300_000,
);

afterAll(() => console.log(`\n${rows.join('\n')}`));

/** Of a program that has made `count` objects of each kind, and collected. */
async function censusOf({ path }: Node, count: number): Promise<{ census: Census; made: Record<string, number> }> {
  const flags = ['--expose-gc', '--max-old-space-size=8192'];
  const program = await startProgram(withFlags(path, ...flags), 'v8-populations.mjs', String(count));
  const made = await program.ask<Record<string, number>>('made');
  const census = v8.census(refOf(program.pid), new Int32Array(1));
  await program.end();
  return { census, made };
}

function countOf(census: Census, type: string): number {
  return census.types.find((row) => row.type === type)?.count ?? 0;
}
