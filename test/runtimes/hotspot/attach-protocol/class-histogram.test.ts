import { expect, test } from 'vitest';
import { parseClassHistogram } from '../../../../src/runtimes/hotspot/attach-protocol/class-histogram.ts';

const head =
  ' num     #instances         #bytes  class name (module)\n-------------------------------------------------------\n';
const text = `${head}   1:          1700         141736  [C
   2:          1255          30120  java.lang.String (java.base@17.0.15)
   3:            20            320  shop.Cart$$Lambda$14/0x0000000800c03000
   4:            10            160  shop.Cart$$Lambda$15/1078694789
   5:            30            480  shop.Größe (shop@1.0)
   6:             3             48  jdk.internal.vm.FillerElement[] (java.base@21)
Total          3018         172864
`;

test('a histogram is read by the names that Java writes, and what fills gaps is left out', () => {
  expect(parseClassHistogram(text)).toEqual([
    { type: 'char[]', count: 1700, bytes: 141736 },
    { type: 'java.lang.String', count: 1255, bytes: 30120 },
    { type: 'shop.Cart$$Lambda', count: 30, bytes: 480 },
    { type: 'shop.Größe', count: 30, bytes: 480 },
  ]);
});

test.each([
  ['cut off before its total', text.slice(0, text.indexOf('Total'))],
  ['without a row', text.replace(/^.*String.*\n/m, '')],
  ['with another total', text.replace('3018', '3019')],
  ['empty', ''],
])('a histogram that is %s is refused', (_, broken) => {
  expect(() => parseClassHistogram(broken)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
});
