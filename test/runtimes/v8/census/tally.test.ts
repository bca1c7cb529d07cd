import { expect, test } from 'vitest';
import { Tally } from '../../../../src/runtimes/v8/census/tally.ts';

const map = (index: number) => 0x100000 + index * 40 + 1;

function tallyOf(name: (map: number) => string): { tally: Tally; see: (index: number) => void } {
  const tally = new Tally((address) => ({ role: 'receiver', name: name(address), size: 24 }));
  const see = (index: number) => {
    const id = tally.find(map(index), 0, 0);
    tally.counts[id]!++;
    tally.words[id]! += 6;
  };
  return { tally, see };
}

test('maps of one name are one type, and thousands of them are told apart', () => {
  const { tally, see } = tallyOf((address) => (address % 80 === map(0) % 80 ? 'Even' : `Odd${address}`));
  for (let index = 0; index < 40_000; index++) see(index);
  for (let index = 0; index < 40_000; index++) see(index);
  const types = tally.types();
  const total = types.reduce((sum, { count }) => sum + count, 0);
  expect(total).toBe(80_000);
  expect(types.every(({ count, bytes }) => bytes === count * 24)).toBe(true);
});

test('the objects of maps beyond the bound are summed', () => {
  const { tally, see } = tallyOf((address) => `Class${address}`);
  for (let index = 0; index < 140_000; index++) see(index);
  const types = tally.types();
  expect(types[0]).toMatchObject({ type: '(other)', count: 140_000 - (types.length - 1) });
  expect(types.length).toBeLessThanOrEqual(2 ** 17 + 1);
});

test('a sample is scaled up', () => {
  const { tally, see } = tallyOf(() => 'Order');
  see(1);
  tally.scale(4);
  expect(tally.types()).toMatchObject([{ type: 'Order', count: 4, bytes: 96 }]);
});

test('what is cleared begins anew, with what other maps are', () => {
  const { tally, see } = tallyOf(() => 'Order');
  for (let index = 0; index < 10_000; index++) see(index);
  tally.buffers.count = 3;
  tally.clear(() => ({ role: 'receiver', name: 'Cart', size: 24 }));
  expect(tally.types()).toEqual([]);
  see(1);
  expect(tally.types()).toEqual([{ type: 'Cart', count: 1, bytes: 24, youngCount: 0, youngBytes: 0 }]);
});

test('what is young can be counted again', () => {
  const { tally, see } = tallyOf(() => 'Order');
  see(1);
  const id = tally.find(map(1), 0, 0);
  tally.youngCounts[id] = 5;
  tally.buffers.youngCount = 2;
  tally.clearYoung();
  expect(tally.types()).toEqual([{ type: 'Order', count: 1, bytes: 24, youngCount: 0, youngBytes: 0 }]);
});

test('what is no map is none, and is remembered as such', () => {
  let reads = 0;
  const tally = new Tally(() => {
    reads++;
    return undefined;
  });
  expect([tally.find(1, 0, 0), tally.find(1, 0, 0)]).toEqual([0, 0]);
  expect(reads).toBe(1);
});
