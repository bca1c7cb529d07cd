import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { Census } from '../../src/model/census.ts';
import { askCensus } from '../../src/runtimes/hotspot/attach-protocol/asked-census.ts';
import { heapwatch } from './heapwatch.ts';
import { histogramOf, histogramOfCensus } from './java-histogram.ts';
import { startJava } from './java-program.ts';
import { jdks } from './jdks.ts';
import { testNeeding } from './needs.ts';
import { refOf } from './process-ref.ts';
import type { Program } from './program.ts';
import { byType, top } from './top.ts';
import { until } from './until.ts';

// What a JVM tells when it is asked, only after an opt-in; and who is not asked, nor signalled.

const start = (release: number, ...options: string[]) =>
  startJava(jdks.find((jdk) => jdk.release === release)!, ['-Xmx128m', ...options], 'JvmCensus', '1000');
const javaTest = (release: number) =>
  testNeeding(
    `Java ${release}`,
    jdks.some((jdk) => jdk.release === release),
  );
const filesOf = ({ pid }: Program) => [`/tmp/.java_pid${pid}`, `/tmp/.attach_pid${pid}`];

async function expectOwnClasses(program: Program, census: Census): Promise<void> {
  const [ours, theirs] = [histogramOfCensus(census), await histogramOf(program)];
  const own = [...theirs].filter(([type]) => type.startsWith('JvmCensus') || type === 'boolean[][]');
  expect(own.length).toBeGreaterThan(10);
  expect(own.map(([type]) => [type, ours.get(type)])).toEqual(own);
}

for (const release of [8, 11, 17, 21, 25, 27]) {
  javaTest(release)(`Java ${release} that is asked counts its classes, and goes on`, async () => {
    const program = await start(release, ...(release > 11 ? ['-XX:+UseG1GC'] : ['-XX:+UseConcMarkSweepGC']));
    const first = await askCensus(refOf(program.pid));
    await expectOwnClasses(program, first);
    expect(existsSync(filesOf(program)[1]!)).toBe(false);
    // The second time it listens already.
    await expectOwnClasses(program, await askCensus(refOf(program.pid)));
  });
}

javaTest(11)('`top` asks a JVM with CMS only after the opt-in', async () => {
  const program = await start(11, '-XX:+UseConcMarkSweepGC');
  const refused = await heapwatch(['top', String(program.pid)]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('garbage collector is not supported') });
  expect(filesOf(program).filter((path) => existsSync(path))).toEqual([]);
  const report = await top(program.pid, '--jvm.attach=on');
  expect(byType(report).get('JvmCensus$Node')?.count).toBe(1000);
  expect(report.quality.skipped_ratio).toBe(0);
});

javaTest(17)('`top` does not ask a JVM that it can read, whatever is permitted', async () => {
  const program = await start(17);
  await top(program.pid, '--jvm.attach=on');
  expect(filesOf(program).filter((path) => existsSync(path))).toEqual([]);
});

for (const [release, options, reason] of [
  [25, '-XX:+UseZGC', 'may stop for far longer'],
  [11, '-XX:+UnlockExperimentalVMOptions -XX:+UseZGC', 'may stop for far longer'],
  [17, '-XX:+UseShenandoahGC', 'may stop for far longer'],
  [17, '-XX:+DisableAttachMechanism', 'switched off'],
  [17, '-XX:-UsePerfData', 'only a hsperfdata file tells'],
] as const) {
  javaTest(release)(`Java ${release} with ${options} is not asked, and lives`, async () => {
    const program = await start(release, ...options.split(' '));
    const refusal = { kind: 'unsupported', message: expect.stringContaining(reason) };
    await expect(askCensus(refOf(program.pid))).rejects.toMatchObject(refusal);
    expect(filesOf(program).filter((path) => existsSync(path))).toEqual([]);
    await program.ask('histogram');
  });
}

javaTest(17)('a JVM without a handler of SIGQUIT is asked as long as it listens, and never signalled', async () => {
  const program = await start(17, '-Xrs');
  await expectOwnClasses(program, await askCensus(refOf(program.pid)));
  for (const path of filesOf(program)) rmSync(path, { force: true });
  const refusal = { kind: 'unsupported', message: expect.stringContaining('no handler for SIGQUIT') };
  await expect(askCensus(refOf(program.pid))).rejects.toMatchObject(refusal);
  expect(filesOf(program).filter((path) => existsSync(path))).toEqual([]);
  await program.ask('histogram');
});

javaTest(17)('a JVM that is stopped is not asked, nor one whose pid is another process by now', async () => {
  const program = await start(17);
  const ref = refOf(program.pid);
  await expect(askCensus({ ...ref, startTicks: 1 })).rejects.toMatchObject({ kind: 'gone' });
  process.kill(program.pid, 'SIGSTOP');
  await until('it to stop', 10_000, () => readFileSync(`/proc/${program.pid}/stat`, 'utf8').includes(') T '));
  await expect(askCensus(ref)).rejects.toMatchObject({ kind: 'busy' });
  expect(filesOf(program).filter((path) => existsSync(path))).toEqual([]);
  process.kill(program.pid, 'SIGCONT');
});

javaTest(17)('a socket that an earlier process left behind is known as such', async () => {
  const program = await start(17);
  const [path = ''] = filesOf(program);
  // Ended without a chance to take its socket away.
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  onTestFinished(() => rmSync(path, { force: true }));
  expect(existsSync(path)).toBe(true);
  await expectOwnClasses(program, await askCensus(refOf(program.pid)));
});

test('what is no JVM is not asked', async () => {
  await expect(askCensus(refOf(process.pid))).rejects.toMatchObject({ kind: 'gone' });
});
