import { expect, test } from 'vitest';
import { readExitStatus } from '../../src/linux/exit-status.ts';
import { recordTree, statText } from './recorded-tree.ts';

test.each([
  ['a signal', 'Z', 100, 9, { signal: 9 }],
  ['a signal with core dumped', 'Z', 100, 128 + 6, { signal: 6 }],
  ['a code', 'Z', 100, 3 << 8, { code: 3 }],
  ['0, which those see who may not know', 'Z', 100, 0, undefined],
  ['that of a living process', 'S', 100, 9, undefined],
  ['that of another process', 'Z', 200, 9, undefined],
])('%s', (_, state, startTicks, status, expected) => {
  const text = statText({ pid: 42, state, startTicks }).replace(/ 0\n$/, ` ${status}\n`);
  const { path } = recordTree({ '42/stat': text });
  expect(readExitStatus({ procfsPath: path, pid: 42, startTicks: 100 })).toEqual(expected);
});

test('of whom nothing is left, nothing is known', () => {
  const { path } = recordTree({});
  expect(readExitStatus({ procfsPath: path, pid: 42, startTicks: 100 })).toBeUndefined();
});
