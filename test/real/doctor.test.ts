import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordTree, statText } from '../linux/recorded-tree.ts';
import { type DoctorReport, doctor, doctorReport, type Identity, startPython, states } from './doctor.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { canMakeUnknownPython, startWithUnknownPython } from './unknown-python.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';
/** Other users may run this one. */
const systemPython = '/usr/bin/python3';
const nobody: Identity = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
const asRoot = testNeeding(`root and ${systemPython}`, isRoot && existsSync(systemPython));
const withUnshare = testNeeding('root and unshare', isRoot && existsSync('/usr/bin/unshare'));

const all = { rss: 'ok', maps: 'ok', memory: 'ok', environ: 'ok', heap: 'ok', census: 'ok' };
const denied = { maps: 'denied', memory: 'denied', environ: 'denied', heap: 'denied', census: 'denied' };

test('of a Python of our own everything can be read', async () => {
  const { process } = await doctorReport(await startPython(python));
  expect(states(process)).toMatchObject(all);
  expect(process).toMatchObject({ ok: true, version: anyInterpreter?.version, hindrances: [] });
  expect(process.checks.census?.detail).toMatch(/^\d{4,} objects of \d+ types/);
});

asRoot('as nobody, a Python of root is denied: the message names both users and the capability', async () => {
  const pid = await startPython(python);
  const { report, process } = await doctorReport(pid, nobody);
  expect(states(process)).toMatchObject({ rss: 'ok', ...denied });
  expect(report).toMatchObject({ uid: 65534, capabilities: { SYS_PTRACE: 'bounding only' } });
  expect(process.hindrances).toHaveLength(1);
  expect(process.hindrances[0]?.reason).toMatch(/user 0 \(root\), this heapwatch as user 65534 .*SYS_PTRACE/);

  const run = await doctor([String(pid)], nobody);
  expect(run.code).toBe(1);
  expect(run.stdout).toMatch(/^ {2}denied +maps, memory, environ, heap, census$/m);
  expect(run.stdout).toMatch(/^ {2}why +it runs as user 0 \(root\)/m);
  expect(run.stdout).toMatch(/^ {2}do +run heapwatch as root \(uid 0\) with the capabilities SYS_PTRACE/m);
});

asRoot('as the same user and group without any capability everything can be read', async () => {
  const { report, process } = await doctorReport(await startPython(systemPython, 'pass', nobody), nobody);
  expect(report.capabilities.SYS_PTRACE).not.toBe('effective');
  expect(states(process)).toMatchObject(all);
});

asRoot('the same user in another group is denied, and the groups are named', async () => {
  const { process } = await doctorReport(await startPython(systemPython, 'pass', nobody), { uid: 65534, gid: 12 });
  expect(states(process)).toMatchObject(denied);
  expect(process.hindrances.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/same user, but as group 65534, this heapwatch as group 12/),
  ]);
  expect(process.hindrances[0]?.advice).toContain('user 65534 and group 65534');
});

asRoot('a process that made itself not dumpable is denied to its own user, not to root', async () => {
  const PR_SET_DUMPABLE = 4;
  const lines = `import ctypes; ctypes.CDLL(None).prctl(${PR_SET_DUMPABLE}, 0, 0, 0, 0)`;
  const pid = await startPython(systemPython, lines, nobody);
  const { process } = await doctorReport(pid, nobody);
  expect(states(process)).toMatchObject(denied);
  expect(process.hindrances.map(({ reason }) => reason)).toEqual([expect.stringContaining('not dumpable')]);
  expect(states((await doctorReport(pid)).process)).toMatchObject(all);
});

asRoot('a process that root started and that changed its user is not dumpable', async () => {
  const pid = await startPython(systemPython, 'import os; os.setgroups([]); os.setgid(65534); os.setuid(65534)');
  const { process } = await doctorReport(pid, nobody);
  expect(process.hindrances.map(({ reason }) => reason)).toEqual([expect.stringContaining('it changed its user')]);
});

const setpriv = testNeeding('root and setpriv', isRoot && existsSync('/usr/bin/setpriv'));

setpriv('root without SYS_PTRACE is told what is missing, and root without DAC_READ_SEARCH too', async () => {
  const pid = await startPython(python);
  const other = await startPython(systemPython, 'pass', nobody);
  const only = (...names: string[]) => ['setpriv', `--bounding-set=-all${names.map((name) => `,+${name}`).join('')}`];
  const bare = await doctorReport(pid, undefined, only());
  expect(bare.process.hindrances.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/holds capabilities that this heapwatch does not.*SYS_PTRACE/),
  ]);
  const halfway = await doctorReport(other, undefined, only('sys_ptrace'));
  expect(states(halfway.process)).toMatchObject({ maps: 'ok', memory: 'denied', environ: 'denied', census: 'denied' });
  expect(halfway.process.hindrances[0]).toMatchObject({
    reason: expect.stringMatching(/files of user 65534 alone, and the capability DAC_READ_SEARCH/),
    advice: expect.stringContaining('give this heapwatch DAC_READ_SEARCH'),
  });
  const both = await doctorReport(other, undefined, only('sys_ptrace', 'dac_read_search'));
  expect(states(both.process)).toMatchObject(all);
});

testNeeding('CPython 3.11 or newer', canMakeUnknownPython)(
  'an unknown CPython is unsupported: the rest is read, and the versions that we read are listed',
  async () => {
    const { process } = await doctorReport((await startWithUnknownPython('healthy.py')).pid);
    expect(states(process)).toMatchObject({ ...all, heap: 'unsupported', census: 'unsupported' });
    expect(process.checks.census?.detail).toMatch(/3\.99\.0.*3\.15/);
  },
);

test('a pid that is gone, exit 1; wrong usage, exit 2', async () => {
  const { process } = await doctorReport(4194303);
  expect(process.failure).toEqual({ kind: 'gone', message: 'there is no process 4194303' });
  const wrong = await doctor(['12x', '--colour']);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  for (const part of ['12x', '--colour']) expect(wrong.stderr).toContain(part);
});

test('a Node.js process is read like others', async () => {
  const run = await doctor([String(process.pid), '--json']);
  const [found] = (JSON.parse(run.stdout) as DoctorReport).processes;
  expect(found).toMatchObject({ name: expect.stringMatching(/^node/), version: process.versions.node });
  expect(found?.checks.heap).toMatchObject({ state: 'ok', detail: expect.stringMatching(/ MiB in use$/) });
});

test('a process of no runtime of ours is named, exit 1', async () => {
  const child = spawn('sleep', ['60']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const run = await doctor([String(child.pid), '--json']);
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout).processes[0].failure.message).toMatch(/is of no runtime that heapwatch reads/);
});

asRoot(
  'a program whose file was replaced while it runs is recognised, with the capability for map_files and without',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heapwatch-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    chmodSync(folder, 0o755);
    const copy = join(folder, 'python3.11');
    copyFileSync(systemPython, copy);
    const pid = await startPython(copy, 'pass', nobody);
    rmSync(copy);
    expect(states((await doctorReport(pid)).process)).toMatchObject({ ...all, map_files: 'ok' });
    // Without the capability the link /proc/<pid>/exe still opens it.
    expect(states((await doctorReport(pid, nobody)).process)).toMatchObject(all);
  },
);

withUnshare('a process in a pid namespace of its own is read from outside, with its pid inside', async () => {
  const command = ['--pid', '--fork', '--kill-child=SIGKILL', python, '-c', 'import time; time.sleep(600)'];
  const outer = spawn('unshare', command, { stdio: 'ignore' });
  onTestFinished(() => void outer.kill('SIGKILL'));
  const pid = await until('the process inside', 10_000, () => {
    const children = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim();
    return children === '' || !readFileSync(`/proc/${children}/comm`, 'utf8').startsWith('python')
      ? undefined
      : Number(children);
  });
  const found = await until('an interpreter that has started', 10_000, async () => {
    const { process } = await doctorReport(pid);
    return process.ok ? process : undefined;
  });
  expect(found).toMatchObject({ pid, inner_pid: 1 });
});

withUnshare('inside a pid namespace doctor says that it sees only what is in it', async () => {
  const pid = await startPython(python);
  const before = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child=SIGKILL'];
  const list = await doctor([], undefined, before);
  expect(list).toMatchObject({ code: 0, stderr: '' });
  expect(list.stdout).toMatch(/^ {2}sees +only the processes of its own pid namespace$/m);
  expect(list.stdout).toContain('hostPID');
  expect(list.stdout).toContain('No process of a runtime that heapwatch reads was found.');
  const { report, process } = await doctorReport(pid, undefined, before);
  expect([report.whole_machine, process.failure?.kind]).toEqual([false, 'gone']);
});

withUnshare('in a user namespace capabilities do not help, and doctor says so', async () => {
  const pid = await startPython(python);
  const { report, process } = await doctorReport(pid, undefined, ['unshare', '--user', '--map-root-user']);
  expect(report).toMatchObject({ initial_user_namespace: false, capabilities: { SYS_PTRACE: 'effective' } });
  expect(process.hindrances.map(({ reason }) => reason)).toEqual([expect.stringContaining('in a user namespace')]);
});

withUnshare('a /proc that hides the processes of others is named', async () => {
  const hide = 'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"';
  const before = ['unshare', '--pid', '--fork', '--mount', '--kill-child=SIGKILL', 'sh', '-c', hide, 'sh'];
  const run = await doctor([], undefined, before);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toMatch(/^ {2}hidepid of \/proc +invisible$/m);
  expect(run.stdout).toContain('processes of other users may not be seen');
});

asRoot('without a pid every recognised process is looked at, also those that are denied', async () => {
  const pids = [await startPython(python), await startPython(systemPython, 'pass', nobody)];
  const run = await doctor(['--json'], nobody);
  expect(run).toMatchObject({ code: 1, stderr: '' });
  const report: DoctorReport = JSON.parse(run.stdout);
  const okByPid = new Map(report.processes.map((process) => [process.pid, process.ok]));
  expect(pids.map((pid) => okByPid.get(pid))).toEqual([false, true]);
});

test('ten thousand processes are looked through in time', async () => {
  const mappings = '55d000000000-55d000001000 r-xp 00000000 08:01 42 /usr/bin/sleep\n';
  const files = Array.from({ length: 10_000 }, (_, index) => [
    [`${index + 10}/stat`, statText({ pid: index + 10, comm: 'sleep', startTicks: 100 })],
    [`${index + 10}/maps`, mappings],
  ]);
  const { path } = recordTree(Object.fromEntries(files.flat()));
  const run = await doctor(['--path.procfs', path]);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain('No process of a runtime that heapwatch reads was found.');
});
