import { expect, test } from 'vitest';
import { assignPlaces, type Places } from '../../../src/analysis/types/places.ts';

const nobody: Places = new Map();
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `t${from + index}`);
const holders = (...names: readonly string[]): Places => new Map(names.map((name) => [name, 0]));

/** Assigns places again and again; answers who held one each time. */
function follow(rankings: readonly (readonly string[])[], limit: number, before = nobody): string[][] {
  return rankings.map((ranking) => {
    before = assignPlaces(ranking, before, limit);
    return [...before.keys()];
  });
}

test('at first the best of the ranking have the places', () => {
  expect(follow([numbered(0, 20)], 10)).toEqual([numbered(0, 10)]);
  expect(follow([numbered(0, 3)], 10)).toEqual([numbered(0, 3)]);
  expect(follow([numbered(0, 3)], 0)).toEqual([[]]);
});

test('names that tremble at the edge do not come and go', () => {
  const edge = [...numbered(0, 9), 't10', 't9', 't11'];
  const rankings = [numbered(0, 12), edge, numbered(0, 12), edge, edge, edge, edge];
  expect(follow(rankings, 10).every((names) => names.includes('t9') && !names.includes('t10'))).toBe(true);
});

test('who is clearly out leaves the third time in a row', () => {
  const without = [...numbered(0, 9), ...numbered(10, 20)];
  const held = follow([numbered(0, 20), without, without, without], 10).map((names) => names.includes('t9'));
  expect(held).toEqual([true, true, true, false]);
});

test('who comes back in time has not been out', () => {
  const without = [...numbered(0, 9), ...numbered(10, 20)];
  const rankings = [numbered(0, 20), without, without, numbered(0, 20), without, without];
  expect(follow(rankings, 10).every((names) => names.includes('t9'))).toBe(true);
});

test('who is clearly in enters at once, and the last one goes for it', () => {
  const places = assignPlaces(['new', ...numbered(0, 19)], holders(...numbered(0, 10)), 10);
  expect([...places.keys()]).toEqual(['new', ...numbered(0, 9)]);
});

test('of those beyond the ranking, the one that has been out longest goes first', () => {
  const before: Places = new Map([['gone', 1], ['just gone', 0], ...numbered(0, 8).map((name) => [name, 0] as const)]);
  const places = assignPlaces(['new', ...numbered(0, 8), ...numbered(20, 40)], before, 10);
  expect([...places.keys()]).toEqual(['new', ...numbered(0, 8), 'just gone']);
});

test('a lower limit holds at once, a higher one is filled', () => {
  const all = numbered(0, 30);
  const before = assignPlaces(all, nobody, 20);
  expect([...assignPlaces(all, before, 5).keys()]).toEqual(numbered(0, 5));
  expect([...assignPlaces(all, before, 25).keys()]).toEqual(numbered(0, 25));
});

test.each([1, 2, 3, 7, 50])('the bound of %d and the best places hold whatever the rankings are', (limit) => {
  let seed = 12345;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let places = nobody;
  for (let round = 0; round < 300; round++) {
    const ranking = [...new Set(Array.from({ length: random(150) }, () => `t${random(120)}`))];
    places = assignPlaces(ranking, places, limit);
    expect(places.size).toBeLessThanOrEqual(limit);
    expect(places.size).toBeGreaterThanOrEqual(Math.min(limit, ranking.length));
    for (const name of ranking.slice(0, Math.ceil(limit * 0.8))) expect(places.has(name)).toBe(true);
  }
});
