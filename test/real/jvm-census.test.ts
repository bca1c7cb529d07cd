import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Census } from '../../src/model/census.ts';
import { hotspot } from '../../src/runtimes/hotspot/index.ts';
import { censusOf, censusSubject, censusSubjects, expectExactCensus, startCensusSubject } from './java-census.ts';
import { histogramOf, histogramOfCensus } from './java-histogram.ts';
import { startJava } from './java-program.ts';
import { anyJdk, jdks } from './jdks.ts';
import { testNeeding } from './needs.ts';
import { ownBytes } from './own-bytes.ts';
import { refOf } from './process-ref.ts';
import type { Program } from './program.ts';
import { statusOf, stop } from './stopped.ts';
import { top } from './top.ts';

for (const release of [8, 11, 17, 21, 25]) {
  if (!jdks.some((jdk) => jdk.release === release)) testNeeding(`Java ${release}`, false)(`Java ${release}`, () => {});
}

/** Of one release every collector, of the others the usual ones: the rest are in jvm-census.long.test.ts. */
const usual = censusSubjects.filter(
  ({ jdk: { release }, collector }) =>
    release === 17 || collector === (release === 8 ? 'Parallel' : 'G1') || (release >= 21 && collector === 'Z'),
);
/** Other layouts of objects and heaps, on the JDK where each is most likely to be met. */
const modes = jdks.flatMap((jdk) => [
  ...(jdk.release === 8 ? [censusSubject(jdk, 'G1', '-XX:-UseCompressedClassPointers', '-XX:-UseCompressedOops')] : []),
  ...(jdk.release === 17 ? [censusSubject(jdk, 'Serial', '-XX:ObjectAlignmentInBytes=16')] : []),
  ...(jdk.release === 17 ? [censusSubject(jdk, 'Parallel', '-XX:-UseCompressedOops')] : []),
  ...(jdk.release === 17 ? [censusSubject(jdk, 'G1', '-XX:-UseTLAB', '-XX:-UsePerfData')] : []),
  ...(jdk.release === 21 ? [censusSubject(jdk, 'Z', '-XX:+ZGenerational')] : []),
  ...(jdk.release === 25 ? [censusSubject(jdk, 'G1', '-XX:+UseCompactObjectHeaders')] : []),
]);

test.each([...usual, ...modes])(
  'Java $version with $collector $mode: a census is what the JVM counts itself',
  expectExactCensus,
);

test.each([
  [8, '-XX:+UseConcMarkSweepGC', 'garbage collector'],
  [11, '-XX:+UseZGC', 'does not tell'],
  [17, '-XX:+UseZGC -XX:-UsePerfData', 'UsePerfData'],
])('Java %i with %s is refused, with the reason', async (release, options, reason) => {
  const jdk = jdks.find((one) => one.release === release);
  if (jdk === undefined) return; // told above
  const mode = ['-XX:+UnlockExperimentalVMOptions', '-Xmx64m', ...options.split(' ')];
  const program = await startJava(jdk, mode, 'JvmCensus', '10');
  const refusal = { kind: 'unsupported', message: expect.stringContaining(reason) };
  expect(() => censusOf(program)).toThrow(expect.objectContaining(refusal));
});

const stable = (program: Program) => histogramOfCensus(censusOf(program)).get('JvmCensus$Node')?.count;

test.each(censusSubjects.filter(({ jdk, collector }) => jdk.release === 17 && collector !== 'Z'))(
  'Java $version with $collector: an old class is exact while 300 MB/s are allocated',
  async (subject) => {
    const program = await startCensusSubject(subject);
    await program.ask('collect');
    await program.ask('collect');
    await program.ask('churn 300');
    const counts = Array.from({ length: 10 }, () => stable(program));
    expect(counts).toEqual(counts.map(() => 50_000));
  },
);

test('what is kept from one census to the next is forgotten when a full collection moves it', async () => {
  const jdk = anyJdk ?? expect.fail('no Java on this machine');
  for (const collector of ['G1', 'Serial'] as const) {
    const program = await startCensusSubject(censusSubject(jdk, collector));
    await program.ask('collect');
    const first = censusOf(program);
    const second = censusOf(program);
    expect(ownClasses(second)).toEqual(ownClasses(first));
    // The JVM's own threads make a few meanwhile.
    expect(Math.abs(second.objects - first.objects)).toBeLessThan(100);
    await program.ask('collect');
    await histogramOf(program);
    const third = histogramOfCensus(censusOf(program));
    const theirs = await histogramOf(program);
    const own = [...theirs].filter(([type]) => type.startsWith('JvmCensus'));
    expect(own.map(([type]) => [type, third.get(type)])).toEqual(own);
    await program.end();
  }
});

test.each([
  ['sessions', ['JvmCensus$Session', 'java.util.HashMap$Node']],
  ['jobs', ['JvmCensus$Job', 'java.util.concurrent.ConcurrentLinkedQueue$Node']],
])('`top --growth` names what grows without end: %s', async (command, grown) => {
  const jdk = anyJdk ?? expect.fail('no Java on this machine');
  const program = await startCensusSubject(censusSubject(jdk, 'G1'));
  await program.ask(`${command} 20000`);
  const { growth = [], version } = await top(program.pid, '--growth', '2s');
  expect(version).toBe(jdk.version);
  const most = growth.toSorted((a, b) => b.count_delta - a.count_delta).slice(0, 5);
  expect(most.map(({ type }) => type)).toEqual(expect.arrayContaining(grown));
  for (const type of grown) expect(growth.find((row) => row.type === type)?.count_delta).toBeGreaterThan(2000);
});

test('a census leaves the memory of a JVM as it was, also of one that is stopped', async () => {
  const jdk = anyJdk ?? expect.fail('no Java on this machine');
  const program = await startCensusSubject(censusSubject(jdk, 'G1', '-Xms200m'));
  const moving = histogramOfCensus(censusOf(program));
  await stop(program.pid);
  onTestFinished(() => void process.kill(program.pid, 'SIGCONT'));
  const before = sizesOf(program.pid);
  expect(before.VmRSS).toMatch(/kB$/);
  const still = histogramOfCensus(censusOf(program));
  expect(sizesOf(program.pid)).toEqual(before);
  expect(still.get('JvmCensus$Session')).toEqual(moving.get('JvmCensus$Session'));
});

test('what is kept of a JVM is half a megabyte, and no more after many censuses', async () => {
  const jdk = anyJdk ?? expect.fail('no Java on this machine');
  const program = await startCensusSubject(censusSubject(jdk, 'G1'), 1000);
  const ref = refOf(program.pid);
  const names = Array.from({ length: 20 }, (_, index) => `/proc/${'./'.repeat(index)}.`); // kept under each of them
  const takeAll = () => {
    for (const procfsPath of names) hotspot.census({ ...ref, procfsPath }, new Int32Array(1));
  };
  hotspot.census(ref, new Int32Array(1)); // compiles our own code
  const before = await ownBytes();
  takeAll();
  const once = await ownBytes();
  expect((once - before) / names.length).toBeLessThan(2 ** 19);
  takeAll();
  expect(await ownBytes()).toBeLessThan(once + 2 ** 21);
});

test('a JVM that ends is gone, also in the middle of a census', async () => {
  const jdk = anyJdk ?? expect.fail('no Java on this machine');
  const program = await startCensusSubject(censusSubject(jdk, 'Serial'), 1_000_000);
  const ref = refOf(program.pid);
  spawn('kill', ['-KILL', String(program.pid)]); // sends it while this thread counts
  const deadline = Date.now() + 20_000;
  const takeUntilItEnds = () => {
    while (Date.now() < deadline) hotspot.census(ref, new Int32Array(1));
  };
  expect(takeUntilItEnds).toThrow(expect.objectContaining({ kind: 'gone' }));
});

test('a JVM whose libjvm was replaced on disk, as an upgrade does, is counted as before', async () => {
  const jdk = anyJdk ?? expect.fail('no Java on this machine');
  const home = mkdtempSync(join(tmpdir(), 'heapwatch-jdk-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  execFileSync('cp', ['-rs', `${join(jdk.java, '../..')}/.`, home]);
  const libjvm = join(home, 'lib/server/libjvm.so');
  for (const path of [join(home, 'bin/java'), libjvm]) {
    const original = realpathSync(path);
    rmSync(path);
    copyFileSync(original, path);
  }
  const program = await startCensusSubject(censusSubject({ ...jdk, java: join(home, 'bin/java') }, 'G1'));
  writeFileSync(`${libjvm}.new`, 'another build');
  renameSync(`${libjvm}.new`, libjvm);
  expect(stable(program)).toBe(50_000);
  await program.end();
});

test('a JVM that starts is busy, or already counted; never anything else', async () => {
  const { java } = anyJdk ?? expect.fail('no Java on this machine');
  const child = spawn(java, ['-Xshare:off', '-version'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const kinds = new Set<string>();
  const ref = refOf(child.pid ?? Number.NaN);
  while (child.exitCode === null) {
    try {
      hotspot.census(ref, new Int32Array(1));
      kinds.add('counted');
    } catch (error) {
      kinds.add((error as { kind?: string }).kind ?? String(error));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  kinds.delete('gone'); // before libjvm is loaded it is no JVM, and at last it is none any more
  expect([...kinds].filter((kind) => kind !== 'busy' && kind !== 'counted')).toEqual([]);
  expect(kinds.size).toBeGreaterThan(0);
});

/** Rows of the program's own classes. */
function ownClasses({ types }: Census): Census['types'] {
  return types.filter(({ type }) => type.startsWith('JvmCensus'));
}

function sizesOf(pid: number): Record<string, string | undefined> {
  const { VmRSS, RssAnon, RssShmem, VmPTE, VmSwap } = statusOf(pid);
  return { VmRSS, RssAnon, RssShmem, VmPTE, VmSwap };
}
