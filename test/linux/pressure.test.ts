import { expect, test } from 'vitest';
import { parsePressure, readCpuPressure } from '../../src/linux/pressure.ts';
import { recordTree } from './recorded-tree.ts';

const TEXT = `some avg10=3.63 avg60=3.77 avg300=9.69 total=323688247
full avg10=0.00 avg60=0.00 avg300=0.00 total=0
`;

test('pressure is a share of the last 10 s and a sum in seconds', () => {
  expect(parsePressure(TEXT)).toEqual({
    some: { recentShare: 0.0363, totalSeconds: 323.688247 },
    full: { recentShare: 0, totalSeconds: 0 },
  });
});

test('before Linux 5.13 processors have no line "full"', () => {
  expect(parsePressure(TEXT.split('\n')[0]!)).toEqual({ some: { recentShare: 0.0363, totalSeconds: 323.688247 } });
});

test.each(['', 'some avg10=x avg60=0 avg300=0 total=1', 'full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n'])(
  'what is no pressure is absent: %j',
  (text) => expect(parsePressure(text)).toBeUndefined(),
);

test('the pressure on the processors is read where the kernel tells it', () => {
  const tree = recordTree({ 'pressure/cpu': TEXT });
  expect(readCpuPressure(tree.path)?.some.recentShare).toBe(0.0363);
  tree.write({ 'pressure/cpu': undefined });
  expect(readCpuPressure(tree.path)).toBeUndefined();
});
