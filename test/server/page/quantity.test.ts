import { expect, test } from 'vitest';
import { showBytes, showCount, showSeconds } from '../../../src/server/page/quantity.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [11_000_000, '10.5 MiB'],
  [200_000_000, '191 MiB'],
  [5e15, '4547 TiB'],
])('%d bytes are shown as %s', (bytes, expected) => {
  expect(showBytes(bytes)).toBe(expected);
});

test.each([
  [-3, '0 s'],
  [59.6, '60 s'],
  [600, '10 min'],
  [7200, '2 h'],
  [400_000, '5 d'],
])('%d seconds are shown as %s', (seconds, expected) => {
  expect(showSeconds(seconds)).toBe(expected);
});

test('counts are grouped by thousands', () => {
  expect(showCount(1_234_567)).toBe('1,234,567');
});
