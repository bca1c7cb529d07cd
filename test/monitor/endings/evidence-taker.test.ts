import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CgroupVitals } from '../../../src/model/vitals.ts';
import { createEvidenceTaker, type EvidenceTakerOptions } from '../../../src/monitor/endings/evidence-taker.ts';
import type { TargetWatch } from '../../../src/monitor/target-watch.ts';
import { pacedTimes } from '../../../src/monitor/times.ts';
import { openEvidenceStore } from '../../../src/recorder/evidence-store.ts';
import { recordTree } from '../../linux/recorded-tree.ts';
import { sampleTarget } from '../../metrics/sample-snapshot.ts';
import { startJava } from '../../real/java-program.ts';
import { anyJdk } from '../../real/jdks.ts';
import { testNeeding } from '../../real/needs.ts';
import { refOf } from '../../real/process-ref.ts';
import { createRecordedLog } from '../fake-world.ts';

const MIB = 1024 * 1024;
const ROOMY: CgroupVitals = { usageBytes: 0, limitBytes: 500 * MIB, workingSetBytes: 100 * MIB };

interface Case {
  readonly pid?: number;
  readonly runtime?: 'jvm' | 'cpython';
  readonly etaSeconds?: number;
  readonly cgroup?: CgroupVitals | undefined;
}

function watchOf({ pid = 7, runtime = 'jvm', etaSeconds = 60, ...rest }: Case): TargetWatch {
  const cgroup = 'cgroup' in rest ? rest.cgroup : ROOMY;
  const process = { pid, startTicks: 5, procfsPath: '/proc' };
  const { target, vitals, assessment } = sampleTarget({}, { process, runtime, startTimeSeconds: 0 });
  const { cgroup: _, ...others } = vitals!;
  return {
    target,
    vitals: { ...others, ...(cgroup && { cgroup }) },
    assessment: { ...assessment!, oomEtaSeconds: etaSeconds },
  } as TargetWatch;
}

function taker(askHistogram: EvidenceTakerOptions['askHistogram'] = async () => 'histogram', nodeKib = 900_000) {
  const { path } = recordTree({ meminfo: `MemTotal: 1000000 kB\nMemAvailable: ${nodeKib} kB\n` });
  const folder = join(path, 'evidence');
  const log = createRecordedLog();
  const times = pacedTimes(1);
  const options = { store: openEvidenceStore(folder), times, procfsPath: path, logger: log, askHistogram };
  return { folder, log, evidence: createEvidenceTaker(options) };
}

test('a JVM whose end is near is asked once, and what it says is kept under its name', async () => {
  let asked = 0;
  const { evidence, folder } = taker(async () => `histogram ${++asked}`);
  const watch = watchOf({});
  for (let round = 0; round < 3; round++) evidence.consider(watch);
  await evidence.close();
  expect(evidence.of(watch.target)).toMatchObject({ kind: 'class_histogram', file: '7-5.class-histogram.txt' });
  expect(readFileSync(join(folder, '7-5.class-histogram.txt'), 'utf8')).toBe('histogram 1');
  expect(evidence.counts()).toEqual({ taken: 1, refused: 0, failed: 0 });
});

testNeeding('a JDK', anyJdk !== undefined)('a real JVM tells what it is full of', async () => {
  const program = await startJava(anyJdk!, ['-XX:+UseSerialGC', '-Xmx64m'], 'JvmDying');
  const { path } = recordTree({});
  const store = openEvidenceStore(path);
  const [times, logger] = [pacedTimes(1), createRecordedLog()];
  const evidence = createEvidenceTaker({ store, times, procfsPath: '/proc', logger });
  const { target, ...rest } = watchOf({});
  const watch = { ...rest, target: { ...target, process: refOf(program.pid) } } as TargetWatch;
  evidence.consider(watch);
  await evidence.close();
  expect(logger.lines).toEqual(['info the end is near: the class histogram of the JVM is kept']);
  expect(readFileSync(join(path, evidence.of(watch.target)!.file), 'utf8')).toMatch(/ 1\d{3} +\d+ +JvmDying\$Order/);
});

test.each<[string, Case, number?]>([
  ['its cgroup is nearly full', { cgroup: { ...ROOMY, workingSetBytes: 450 * MIB } }],
  [
    'the cgroup around it is nearly full',
    { cgroup: { ...ROOMY, bindingAncestor: { usageBytes: 0, workingSetBytes: 90 * MIB, limitBytes: 100 * MIB } } },
  ],
  ['its cgroup is not seen', { cgroup: undefined }],
  ['the node is nearly full', {}, 60_000],
])('who could be killed by it is not asked, which is counted: %s', async (_, facts, nodeKib) => {
  const { evidence, folder, log } = taker(undefined, nodeKib);
  const watch = watchOf(facts);
  for (let round = 0; round < 3; round++) evidence.consider(watch);
  await evidence.close();
  expect(evidence.counts()).toEqual({ taken: 0, refused: 1, failed: 0 });
  expect(existsSync(folder)).toBe(false);
  expect(log.lines).toEqual([expect.stringMatching(/^warn no class histogram is taken: it may need 67108864 bytes/)]);
});

test.each<[string, Case]>([
  ['whose end is far', { etaSeconds: 10_000 }],
  ['of another runtime', { runtime: 'cpython' }],
])('nobody asks one %s', async (_, facts) => {
  const { evidence } = taker();
  evidence.consider(watchOf(facts));
  await evidence.close();
  expect(evidence.counts()).toEqual({ taken: 0, refused: 0, failed: 0 });
});

test('a JVM that does not answer is told of and counted', async () => {
  const { evidence, log } = taker(() => Promise.reject(new Error('on purpose')));
  const watch = watchOf({});
  evidence.consider(watch);
  await evidence.close();
  expect([evidence.counts(), evidence.of(watch.target)]).toEqual([{ taken: 0, refused: 0, failed: 1 }, undefined]);
  expect(log.lines).toEqual([expect.stringContaining('on purpose')]);
});

test('the newest twenty are kept, and of each no more than fits', async () => {
  const store = openEvidenceStore(recordTree({}).path);
  const targets = Array.from({ length: 25 }, (_, index) => watchOf({ pid: 100 + index }).target);
  for (const target of targets) await store.add(target, 'x'.repeat(target.process.pid === 124 ? 5 * MIB : 10));
  expect(targets.filter((target) => store.of(target) !== undefined)).toHaveLength(20);
  expect(store.of(targets[24]!)).toBeDefined();
});

test('what would steer a terminal is not kept of it: the answer is whatever listens there', async () => {
  const folder = recordTree({}).path;
  const { target } = watchOf({});
  await openEvidenceStore(folder).add(target, '1:\t2 \x1b[2Ja\u009b\u202e\n');
  expect(readFileSync(join(folder, '7-5.class-histogram.txt'), 'utf8')).toBe('1:\t2  [2Ja  \n');
});

test('a folder that cannot be is told as a failure, and nothing of it is thrown', async () => {
  const { path } = recordTree({ file: '' });
  const { target } = watchOf({});
  const store = openEvidenceStore(join(path, 'file/evidence'));
  await expect(store.add(target, 'histogram')).rejects.toThrow(/evidence cannot be kept in .*ENOTDIR/);
  expect(store.of(target)).toBeUndefined();
});

test('a file of an earlier process of these numbers is not its evidence', async () => {
  const store = openEvidenceStore(recordTree({}).path);
  const { target } = watchOf({});
  await store.add(target, 'histogram');
  expect(store.of({ ...target, startTimeSeconds: Date.now() / 1000 + 60 })).toBeUndefined();
});
