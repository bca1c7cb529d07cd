import { expect, test } from 'vitest';
import { suggest } from '../../src/config/suggestion.ts';

const known = ['log.level', 'log.format', 'web.listen-address', 'census.types'];

test.each([
  ['log.levle', 'log.level'],
  ['web.listen_adress', 'web.listen-address'],
  ['types', 'census.types'],
  ['log.colour', undefined],
  ['l', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('%s was meant to be %s', (word, expected) => {
  expect(suggest(word, known)).toBe(expected);
});
