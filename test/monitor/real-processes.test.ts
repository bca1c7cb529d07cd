import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createFakeRuntime, createRecordedLog } from './fake-world.ts';

/** Watches one child of ours in the real procfs, with rounds of 0.1 s. */
async function watchChild(command: string, args: string[]) {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const runtime = createFakeRuntime();
  const { detect } = runtime;
  runtime.detect = (process) => (process.pid === child.pid ? detect(process) : undefined);
  const monitor = createMonitor({
    procfsPath: '/proc',
    runtimes: [runtime],
    pace: 50,
    minAgeSeconds: 0,
    maxTargets: 256,
    exportedTypes: 50,
    logger: createRecordedLog(),
  });
  onTestFinished(() => monitor.close());
  await monitor.start();
  return { child, runtime, target: () => monitor.latest().targets[0] };
}

/** Waits for a condition, with a deadline. */
const soon = <T>(value: () => T) => expect.poll(value, { timeout: 10_000, interval: 20 });

test('a living process is read, also while it is stopped, and vanishes when it ends', async () => {
  const { child, target } = await watchChild('sleep', ['60']);
  expect(target()).toMatchObject({ up: true, target: { command: expect.stringMatching(/sleep|busybox|coreutils/) } });
  child.kill('SIGSTOP');
  const stoppedAt = Date.now() / 1000;
  await soon(() => target()?.vitals?.atSeconds).toBeGreaterThan(stoppedAt);
  expect(target()?.up).toBe(true);
  child.kill('SIGKILL');
  await soon(target).toBeUndefined();
});

test('an exec is seen, although pid and start time are the same', async () => {
  const { child, runtime, target } = await watchChild('sh', ['-c', 'read line; exec sleep 60']);
  const before = target()?.target;
  child.stdin?.write('go\n');
  await soon(() => target()?.target.command).toMatch(/sleep|busybox|coreutils/);
  expect(target()?.target.process).toEqual(before?.process);
  expect(runtime.opened).toEqual([child.pid, child.pid]);
});
