import { expect, test } from 'vitest';
import { plainName } from '../../../src/monitor/discovery/plain-name.ts';

test.each([
  ['shop', 'shop'],
  ['  two words ', 'two words'],
  ['größe 商店 🛒', 'größe 商店 🛒'],
  ['a\nb\tc\u0000d\u001b[31me\u007f\u0085', 'abcd[31me'],
  ['evil\u202Egnp.exe', 'evilgnp.exe'],
  ['a\u2028b\u2029c\u200bd', 'abcd'],
  ['lone \ud800 surrogate', 'lone  surrogate'],
  ['\u0001\u0002', ''],
  ['', ''],
])('%j is shown as %j', (text, expected) => {
  expect(plainName(text)).toBe(expected);
});

test('a long name is cut between characters', () => {
  expect(plainName('x'.repeat(1_000_000))).toHaveLength(128);
  expect(plainName('🛒'.repeat(1000))).toBe('🛒'.repeat(128));
});
