import { expect, onTestFinished, test } from 'vitest';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeRuntime, createFakeTaker, createRecordedLog, heapOf, recordProcfs } from './fake-world.ts';

const MB = 1e6;
const PACE = 60;

/** A process of which a census costs so much that the budget allows one in 50 s; its heap grows so fast. */
function slowlyCounted(bytesPerSecond: number) {
  const clock = createFakeClock();
  const runtime = createFakeRuntime();
  const taker = createFakeTaker(clock);
  taker.durationSeconds = 30;
  runtime.onVitals = () => {
    const now = clock.elapsedSeconds();
    runtime.heap = { ...heapOf(10 * MB + bytesPerSecond * now, Math.floor(now)), limitBytes: 900 * MB };
  };
  const monitor = createMonitor({
    procfsPath: recordProcfs({ pid: 42 }).path,
    runtimes: [runtime],
    censusTaker: taker,
    minAgeSeconds: 0,
    maxTargets: 256,
    exportedTypes: 50,
    logger: createRecordedLog(),
    clock,
    pace: PACE,
  });
  onTestFinished(() => monitor.close());
  return { clock, monitor, taker };
}

test('a target whose end is near is counted once more, and only once', async () => {
  const { clock, monitor, taker } = slowlyCounted(10 * MB);
  await monitor.start();
  await clock.advance(49);
  expect(monitor.latest().targets[0]?.assessment?.oomEtaSeconds).toBeLessThan(7200 / PACE);
  expect(taker.taken).toHaveLength(2);
});

test('one whose end is far is counted when it is due', async () => {
  const { clock, monitor, taker } = slowlyCounted(0);
  await monitor.start();
  await clock.advance(49);
  expect(monitor.latest().targets[0]?.assessment).not.toHaveProperty('oomEtaSeconds');
  expect(taker.taken).toHaveLength(1);
});
