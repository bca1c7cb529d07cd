import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { v8 } from '../../src/runtimes/v8/index.ts';
import { allNodes, nodes, withFlags } from './nodes.ts';
import { refOf } from './process-ref.ts';
import { startProgram } from './program.ts';
import { readableDist } from './readable.ts';

// More of test/real/v8-census.test.ts: large heaps, twenty censuses under load, early patches of each line.

const ownClasses = ['Order', 'VipOrder', 'Legacy', 'Item', 'Cart', 'ShopError'];

test.each(nodes)('a million objects of Node.js $version, the own classes exact', async ({ path }) => {
  expect(await countOwnClasses(path, 50_000)).toEqual(ownClasses.map((type) => [type, 50_000]));
});

test.each(allNodes.filter((node) => !nodes.includes(node)))(
  'populations of the early patch $version, the own classes exact',
  async ({ path }) => {
    expect(await countOwnClasses(path, 2000)).toEqual(ownClasses.map((type) => [type, 2000]));
  },
);

test.each(nodes)(
  'constant classes are exact in 20 of 20 censuses while Node.js $version allocates',
  async ({ path }) => {
    const constant = 50_000;
    const program = await startProgram(path, 'v8-busy.mjs', String(constant));
    const process = refOf(program.pid);
    const seen = Array.from({ length: 20 }, () => {
      const { types } = v8.census(process, new Int32Array(1));
      return ['Customer', 'Account'].map((name) => {
        const row = types.find(({ type }) => type === name);
        return (row?.count ?? 0) - (row?.youngCount ?? 0);
      });
    });
    expect(seen).toEqual(seen.map(() => [constant, constant]));
  },
);

test('a hundred censuses take no more memory of ours than twenty', async () => {
  const program = await startProgram(nodes[1]!.path, 'v8-young.mjs', '300000');
  const script = `import { startCensusTaker } from '${readableDist('census/worker-census-taker.js')}';
const taker = startCensusTaker();
const sizes = [];
for (let round = 0; round < 100; round++) {
  await taker.take(${JSON.stringify(refOf(program.pid))}, 'nodejs', 60_000);
  sizes.push(process.memoryUsage.rss());
}
console.log(JSON.stringify(sizes));
await taker.close();`;
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const sizes: number[] = JSON.parse(answer);
  expect(Math.max(...sizes.slice(20)) - Math.max(...sizes.slice(0, 20))).toBeLessThan(10 * 2 ** 20);
});

async function countOwnClasses(path: string, count: number): Promise<[string, number][]> {
  const program = await startProgram(withFlags(path, '--expose-gc'), 'v8-populations.mjs', String(count));
  const { types } = v8.census(refOf(program.pid), new Int32Array(1));
  return ownClasses.map((name) => [name, types.find(({ type }) => type === name)?.count ?? 0]);
}
