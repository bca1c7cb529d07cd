import { expect, onTestFinished, test } from 'vitest';
import { observeGc } from '../../src/module/gc-observer.ts';
import { createOwnHeap } from '../../src/module/own-heap.ts';
import { watchSelf } from '../../src/module/self-watch.ts';
import { findOwnTarget } from '../../src/monitor/discovery/own-target.ts';

test('with /proc we find ourselves as the exporter would', () => {
  const { target, hasProcfs } = findOwnTarget({ runtime: 'nodejs', version: '20.0.0' });
  expect(hasProcfs).toBe(true);
  expect(target.process).toMatchObject({ pid: process.pid, procfsPath: '/proc' });
  expect(target.process.startTicks).toBeGreaterThan(0);
  expect(target.startTimeSeconds).toBeGreaterThan(Date.now() / 1000 - process.uptime() - 2);
  expect(target.startTimeSeconds).toBeLessThan(Date.now() / 1000 - process.uptime() + 2);
});

test('without /proc the heap and what Node.js knows of the process are told, and the rest is absent', () => {
  const self = findOwnTarget({ runtime: 'nodejs', version: '20.0.0' }, '/nowhere');
  expect(self.hasProcfs).toBe(false);
  expect(self.target.serviceName).not.toBe('');
  const gc = observeGc(() => undefined);
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const watch = watchSelf({
    self,
    heap: createOwnHeap({ gc, readsMemory: false }),
    censusTaker: undefined,
    censusBudget: 0,
    exportedTypes: 0,
    logger,
  });
  onTestFinished(() => {
    gc.close();
    watch.close();
  });
  const [target] = watch.latest().targets;
  expect(target!.up).toBe(true);
  expect(Object.keys(target!.vitals!.process).sort()).toEqual(['cpuSeconds', 'residentBytes']);
  expect(target!.vitals!.heap!.spaceUsedBytes).toMatchObject({ new: expect.any(Number), old: expect.any(Number) });
  expect(target!.vitals).not.toHaveProperty('cgroup');
});
