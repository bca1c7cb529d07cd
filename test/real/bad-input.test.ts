import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { heapwatch } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { startProgram } from './program.ts';
import { top } from './top.ts';
import { canMakeUnknownPython, startWithUnknownPython } from './unknown-python.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

/** A process without a fixture program's protocol; it ends with its test. */
function start(command: string, ...args: string[]): number {
  const child = spawn(command, args, { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid ?? Number.NaN;
}

async function refusal(...args: string[]): Promise<string> {
  const run = await heapwatch(args);
  expect(run.stdout).toBe('');
  expect(run.code, run.stderr).toBe(1);
  expect(run.stderr).not.toContain('    at '); // a reason in words, no stack
  return run.stderr;
}

test('a pid that does not exist is said to be gone', async () => {
  expect(await refusal('top', '4194303')).toBe('heapwatch top: there is no process 4194303\n');
});

test('a process of no runtime of ours is named with the runtimes that are read', async () => {
  const pid = start('sleep', '60');
  const reason = await until('exec of sleep', 5_000, async () => {
    const text = await refusal('top', String(pid));
    return text.includes('sleep') ? text : undefined;
  });
  expect(reason).toMatch(/\(sleep\) is of no runtime that heapwatch reads: cpython/);
});

test('a zombie is called one', async () => {
  // The shell's child ends while the shell, become sleep, never waits for it.
  const parent = start('sh', '-c', 'true & exec sleep 60');
  const zombie = await until('a zombie', 5_000, () => {
    const child = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim();
    return child !== '' && /\) Z /.test(readFileSync(`/proc/${child}/stat`, 'utf8')) ? child : undefined;
  });
  expect(await refusal('top', zombie)).toContain('is a zombie');
});

test('a stopped process is read like any other and stays stopped', async () => {
  const program = await startProgram(python, 'healthy.py');
  process.kill(program.pid, 'SIGSTOP');
  const report = await top(program.pid);
  expect(report.types.find((row) => row.type === '__main__.Order')?.count).toBeGreaterThanOrEqual(10_000);
  expect(readFileSync(`/proc/${program.pid}/stat`, 'utf8')).toMatch(/\) T /);
});

testNeeding('CPython 3.11 or newer', canMakeUnknownPython)(
  'a CPython of an unknown version is refused with the versions that are read',
  async () => {
    const program = await startWithUnknownPython('healthy.py');
    expect(await refusal('top', String(program.pid))).toMatch(/3\.99\.0.*2\.7, 3\.6.*3\.15/);
  },
);

test('a target that ends between two censuses is said to be gone', async () => {
  const program = await startProgram(python, 'healthy.py');
  const reason = refusal('top', String(program.pid), '--growth', '3s');
  setTimeout(program.end, 1_500);
  expect(await reason).toMatch(/has ended|is not there/);
});

test('a target that is killed at any moment of a census gives its reason or its census', async () => {
  for (const afterMs of [60, 90, 120, 150, 180, 220, 300]) {
    const program = await startProgram(python, 'ticker.py', '200000');
    const running = heapwatch(['top', String(program.pid)]);
    setTimeout(program.end, afterMs);
    const run = await running;
    if (run.code === 0) expect(run.stdout).toContain('__main__.Held');
    else expect(run.stderr).toMatch(/^heapwatch top: .*\b(no process|ended|not there|zombie)\b.*\n$/);
  }
});

test('a target that became another program by exec is not compared with what it was', async () => {
  const program = await startProgram(python, 'becomes.py', python, '-c', 'import time; time.sleep(60)');
  const reason = refusal('top', String(program.pid), '--growth', '3s');
  setTimeout(() => program.send('exec'), 1_500);
  expect(await reason).toMatch(/became another program/);
});

test('every mistake in the arguments is listed, exit 2', async () => {
  const run = await heapwatch(['top', '12x', '--limit', '0', '--growth=soon', '--colour', 'extra']);
  expect(run.code).toBe(2);
  expect(run.stdout).toBe('');
  for (const part of ['12x', '--limit', '--growth', '--colour', 'extra']) expect(run.stderr).toContain(part);
  expect(run.stderr.trim().split('\n')).toHaveLength(6);
});

test('every mistake in the flags of serve is listed, exit 2', async () => {
  const run = await heapwatch(['--web.listen-address=nowhere', '--discovery.min-age=old', '--what']);
  expect(run.code).toBe(2);
  for (const part of ['--web.listen-address', '--discovery.min-age', '--what']) expect(run.stderr).toContain(part);
});

test('an unknown command is refused with the known ones, exit 2', async () => {
  const run = await heapwatch(['tpo', '1']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toMatch(/"tpo".*serve, top/);
});

test('help and version are on stdout, exit 0', async () => {
  const [help, version] = [await heapwatch(['--help']), await heapwatch(['--version'])];
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('--web.listen-address');
  expect(help.stdout).toContain('--growth');
  expect(version.stdout).toMatch(/^heapwatch \d+\.\d+\.\d+\n$/);
});
