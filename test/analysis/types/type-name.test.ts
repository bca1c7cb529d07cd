import { expect, test } from 'vitest';
import { safeTypeName } from '../../../src/analysis/types/type-name.ts';

test.each([
  ['dict', 'dict'],
  ['shop.Größe', 'shop.Größe'],
  ['Map<String, "a\\b">', 'Map<String, "a\\b">'],
  ['👩 type', '👩 type'],
  ['', '(unnamed)'],
  ['two\nlines\r', 'two\\u000alines\\u000d'],
  ['bell\u0007 nul\0 del\u007f c1\u0085', 'bell\\u0007 nul\\u0000 del\\u007f c1\\u0085'],
  ['evil\u202eeman', 'evil\\u202eeman'],
  ['zero\u200bwidth \u2028', 'zero\\u200bwidth \\u2028'],
  ['tag \u{e0001}', 'tag \\u{e0001}'],
  ['half \ud83d', 'half \\ud83d'],
  ['other half \udc00x', 'other half \\udc00x'],
])('%j is shown as %j', (name, shown) => {
  expect(safeTypeName(name)).toBe(shown);
  expect(safeTypeName(shown)).toBe(shown);
});

test('a name of 256 characters is whole, a longer one is cut', () => {
  expect(safeTypeName('x'.repeat(256))).toBe('x'.repeat(256));
  expect(safeTypeName('x'.repeat(257))).toBe(`${'x'.repeat(255)}…`);
});

test('a name is not cut through the middle of a character', () => {
  expect(safeTypeName(`${'x'.repeat(254)}👩👩`)).toBe(`${'x'.repeat(254)}…`);
});

test('a megabyte of anything becomes a short name, at once', () => {
  for (const unit of ['\n', '\ud800', '0x1f', '👩', 'a1']) {
    const began = performance.now();
    expect(safeTypeName(unit.repeat(1_000_000)).length).toBeLessThanOrEqual(256);
    expect(performance.now() - began).toBeLessThan(50);
  }
});
