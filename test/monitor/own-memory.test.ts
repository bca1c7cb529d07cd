import { expect, test } from 'vitest';
import { createOwnMemory, shortageAt } from '../../src/monitor/own-memory.ts';
import { createFakeMonitor } from './fake-monitor.ts';
import { createRecordedLog, recordProcfs } from './fake-world.ts';

/** A heap of which so many percent are used. */
function heapOf(percent: number) {
  const heap = {
    collections: 0,
    use: () => ({ of: 'heap', usedBytes: percent, limitBytes: 100 }),
    collectGarbage: () => void heap.collections++,
  };
  return heap;
}

test.each([
  [0.79, 'none', 'none'],
  [0.8, 'none', 'scarce'],
  [0.71, 'scarce', 'scarce'],
  [0.69, 'scarce', 'none'],
  [0.9, 'none', 'critical'],
  [0.81, 'critical', 'critical'],
  [0.79, 'critical', 'scarce'],
  [0.69, 'critical', 'none'],
] as const)('at %d of the limit, where memory was %s, it is %s', (share, before, now) => {
  expect(shortageAt(share, before)).toBe(now);
});

test('our own cgroup counts, each shortage is told and counted once, and so is its end', () => {
  const procfs = recordProcfs();
  const log = createRecordedLog();
  const heap = heapOf(1);
  const memory = createOwnMemory(procfs.path, log, heap);
  const shortages = [70, 85, 95, 95, 85, 75, 50].map((percent) => {
    procfs.setOwnMemory(percent * 2 ** 20, 100 * 2 ** 20);
    return memory.look();
  });
  expect(shortages).toEqual(['none', 'scarce', 'critical', 'critical', 'critical', 'scarce', 'none']);
  expect(heap.collections).toBe(5);
  expect(memory.stats()).toEqual({ collector: 'memory', errors: { scarce: 1, critical: 1 } });
  expect(log.lines).toEqual([
    expect.stringMatching(/^warn 85 % of 100 MiB, the limit of our own cgroup, are used: censuses come rarely/),
    expect.stringMatching(/^warn 95 % .*: there are no censuses, .*; give heapwatch more memory/),
    expect.stringMatching(/^warn 75 % .*: censuses come rarely/),
    expect.stringMatching(/^info 50 % .* enough again/),
  ]);
});

test('that others fill the cgroup around us is no reason to count them less', () => {
  const procfs = recordProcfs();
  procfs.setOwnMemory(2 ** 40 - 1, 2 ** 40);
  const memory = createOwnMemory(procfs.path, createRecordedLog(), heapOf(1));
  expect(memory.look()).toBe('none');
});

test('where no cgroup limits us the heap does', () => {
  const memory = createOwnMemory(recordProcfs().path, createRecordedLog(), heapOf(91));
  expect(memory.look()).toBe('critical');
});

test('when memory is short old history goes and censuses stop; with more of it all goes on as before', async () => {
  const { monitor, clock, procfs, taker } = createFakeMonitor([{ pid: 42 }], { pace: 100 });
  const reach = () => clock.nowSeconds() - (monitor.history({ pid: 42, startTicks: 42 })?.readings[0]?.atSeconds ?? 0);
  procfs.setOwnMemory(10, 100);
  await monitor.start();
  await clock.advance(36);
  expect(reach()).toBeGreaterThan(35);

  procfs.setOwnMemory(95, 100);
  await clock.advance(0.1);
  const before = taker.taken.length;
  await clock.advance(10);
  expect(reach()).toBeLessThan(0.4 * 36);
  expect(taker.taken).toHaveLength(before);
  expect(monitor.latest().targets[0]?.censusResults.skipped_budget).toBe(1);

  procfs.setOwnMemory(10, 100);
  await clock.advance(18);
  expect(taker.taken.length).toBeGreaterThan(before);
  expect(reach()).toBeGreaterThan(18);
});
