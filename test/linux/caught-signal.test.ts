import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { catches, checkCatches, sendCaughtSignal } from '../../src/linux/caught-signal.ts';
import { readProcessStat } from '../../src/linux/process-stat.ts';
import { refOf } from '../real/process-ref.ts';
import { until } from '../real/until.ts';

test.each([
  ['SigCgt:\t0000000000000004', 'SIGQUIT', true],
  ['SigCgt:\t0000000000000200', 'SIGUSR1', true],
  ['SigCgt:\tfffffffffffffffb', 'SIGQUIT', false],
  ['SigCgt:\t0000000200000000', 'SIGUSR1', false],
  ['SigIgn:\t0000000000000200', 'SIGUSR1', false],
  ['SigCgt:\tnonsense', 'SIGUSR1', false],
  ['', 'SIGQUIT', false],
] as const)('%j: a handler of %s is there: %s', (status, signal, expected) => {
  expect(catches(`Name:\tjava\n${status}\n`, signal)).toBe(expected);
});

/** A Node.js has several threads and a handler of SIGUSR1, which it need not have of SIGQUIT. */
async function startNode() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ref = refOf(child.pid!);
  await until('its handler', 20_000, () => catches(readFileSync(`/proc/${ref.pid}/status`, 'utf8'), 'SIGUSR1'));
  return { child, ref, image: readProcessStat('/proc', ref.pid).image };
}

test('a process without a handler is not signalled and lives', async () => {
  const { child, ref, image } = await startNode();
  const refusal = { kind: 'unsupported', message: expect.stringContaining('no handler for SIGQUIT') };
  expect(() => sendCaughtSignal(ref, 'SIGQUIT', image)).toThrow(expect.objectContaining(refusal));
  expect(readProcessStat('/proc', ref.pid).state).not.toBe('Z');
  expect(child.signalCode).toBeNull();
});

test('one thread only, stopped, another program or another process by now: each is refused with its reason', async () => {
  const sleep = spawn('sleep', ['60'], { stdio: 'ignore' });
  onTestFinished(() => void sleep.kill('SIGKILL'));
  await until('sleep', 10_000, () => readProcessStat('/proc', sleep.pid!).comm === 'sleep');
  const sleepImage = readProcessStat('/proc', sleep.pid!).image;
  expect(() => sendCaughtSignal(refOf(sleep.pid!), 'SIGUSR1', sleepImage)).toThrow(/one thread only/);
  const { ref, image } = await startNode();
  const gone = expect.objectContaining({ kind: 'gone' });
  expect(() => checkCatches({ ...ref, startTicks: 1 }, 'SIGUSR1', image)).toThrow(gone);
  expect(() => checkCatches(ref, 'SIGUSR1', '1 1')).toThrow(gone);
  expect(() => checkCatches(ref, 'SIGUSR1', image)).not.toThrow();
  process.kill(ref.pid, 'SIGSTOP');
  await until('it to stop', 10_000, () => readProcessStat('/proc', ref.pid).state === 'T');
  expect(() => checkCatches(ref, 'SIGUSR1', image)).toThrow(expect.objectContaining({ kind: 'busy' }));
});

test.each([
  ['of a pid namespace around ours', `NSpid:\t${process.pid}\t7\n`],
  ['in which we have another number', 'NSpid:\t1\n'],
  ['that does not show us', undefined],
])('through a procfs %s nobody is signalled', (_, status) => {
  const procfsPath = mkdtempSync(join(tmpdir(), 'heapwatch-procfs-'));
  onTestFinished(() => rmSync(procfsPath, { recursive: true }));
  if (status !== undefined) {
    mkdirSync(join(procfsPath, 'self'));
    writeFileSync(join(procfsPath, 'self', 'status'), status);
  }
  symlinkSync(`/proc/${process.pid}`, join(procfsPath, String(process.pid)));
  const { image } = readProcessStat('/proc', process.pid);
  const refusal = { kind: 'unsupported', message: expect.stringContaining('another pid namespace') };
  expect(() => checkCatches({ ...refOf(process.pid), procfsPath }, 'SIGUSR1', image)).toThrow(
    expect.objectContaining(refusal),
  );
});
