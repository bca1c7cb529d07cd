import { expect, test } from 'vitest';
import { ReadFailure } from '../../src/model/failure.ts';
import { unlessStarting } from '../../src/runtimes/starting.ts';
import { recordTree } from '../linux/recorded-tree.ts';

const refusal = new ReadFailure('unsupported', 'not as its version has it');

test.each([
  ['has just begun', 2, 'busy'],
  ['began a while ago', 60, 'unsupported'],
  ['began, by a boot time that is not that of our clock, in the future', -3600, 'unsupported'],
])('what does not fit in a process that %s', (_what, ageSeconds, kind) => {
  const bootSeconds = Math.floor(Date.now() / 1000) - 10_000;
  const { path: procfsPath } = recordTree({ stat: `btime ${bootSeconds}\n` });
  const process = { pid: 42, startTicks: (10_000 - ageSeconds) * 100, procfsPath };
  expect(unlessStarting(refusal, process).kind).toBe(kind);
});
