import { expect, test } from 'vitest';
import { swappedOut } from '../../../src/monitor/census/swapped-out.ts';

const MB = 1e6;
const vitals = { residentBytes: 500 * MB, cpuSeconds: 0, threads: 1 };

test.each([
  ['nothing of it is swapped out', { anonymousBytes: 90 * MB, swappedBytes: 0 }],
  ['the kernel does not tell', {}],
  ['a tenth is', { anonymousBytes: 90 * MB, swappedBytes: 10 * MB }],
])('a process is counted when %s', (_, parts) => {
  expect(swappedOut({ ...vitals, ...parts })).toBeUndefined();
});

test('a process whose private memory is swapped out by more than a tenth is not counted, and told why', () => {
  const failure = swappedOut({ ...vitals, anonymousBytes: 60 * MB, swappedBytes: 40 * MB });
  expect(failure).toMatchObject({
    kind: 'busy',
    message: expect.stringContaining('40 % of its memory is swapped out'),
  });
});

test('before Linux 4.5, which tells no private memory, resident memory stands in for it', () => {
  expect(swappedOut({ ...vitals, swappedBytes: 100 * MB })?.message).toContain('17 %');
});
