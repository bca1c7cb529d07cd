import { expect, onTestFinished, test } from 'vitest';
import { watchSelf } from '../../src/module/self-watch.ts';
import { findOwnTarget } from '../../src/monitor/discovery/own-target.ts';
import { until } from '../real/until.ts';

function startWatch() {
  const calls: string[] = [];
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const watch = watchSelf({
    self: findOwnTarget({ runtime: 'nodejs', version: process.versions.node }),
    heap: {
      open() {
        calls.push('open');
        const vitals = { usedBytes: 1, spaceUsedBytes: {}, externalBytes: {}, gc: [] };
        return { vitals: () => vitals, close: () => undefined };
      },
    },
    censusTaker: {
      take() {
        calls.push('census');
        return new Promise(() => undefined);
      },
      rest: () => undefined,
      close: async () => undefined,
    },
    censusBudget: 0.01,
    exportedTypes: 50,
    logger,
  });
  onTestFinished(() => watch.close());
  return { watch, calls };
}

test('while a service starts its heap is not read and its objects are not counted; a second later they are', async () => {
  const { calls } = startWatch();
  expect(calls).toEqual([]);
  await until('the first census', 20_000, async () => calls.includes('census') || undefined);
  expect(calls).toEqual(['open', 'census']);
});

test('who looks at once gets a reading, for which nothing is counted', () => {
  const { watch, calls } = startWatch();
  expect(watch.latest().targets[0]!.up).toBe(true);
  expect(calls).toEqual(['open']);
});
