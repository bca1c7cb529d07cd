import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAssessor } from '../../src/analysis/assessor.ts';
import { createTraceVerdicts } from '../../src/commands/trace-verdicts.ts';
import type { AssessmentSample } from '../../src/model/assessment.ts';
import type { Target } from '../../src/model/target.ts';
import { pacedTimes } from '../../src/monitor/times.ts';
import { createTraceRecorder } from '../../src/monitor/trace-recorder.ts';
import { samplesOf } from '../analysis/samples.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { createFakeClock } from './fake-clock.ts';
import { createRecordedLog } from './fake-world.ts';

const TARGET: Target = {
  process: { pid: 42, startTicks: 7, procfsPath: '/proc' },
  runtime: 'cpython',
  version: '3.11.7',
  startTimeSeconds: 1_700_000_000,
  serviceName: 'shop',
  command: 'python3',
};
const KEY = '42 7 1:2';

/** Leaks after two hours, and without a full collection, so that only the recording tells where the floor is new. */
const LEAK = samplesOf(12, (hour) => ({
  floorMb: 200 + 40 * Math.max(0, hour - 2),
  types: { Order: 10_000 + 40_000 * Math.max(0, hour - 2), str: 90_000 },
  more: { process: KEY, fullCollections: 3, typesComplete: false, nodeBytes: 8e9 },
}));

function record(samples: readonly AssessmentSample[], folder: string, saved?: unknown) {
  const clock = createFakeClock();
  const log = createRecordedLog();
  const options = { recordPath: folder, exportedTypes: 50, pace: 1, times: pacedTimes(1), clock, logger: log };
  const recorder = createTraceRecorder(options);
  const target = recorder.target(TARGET, KEY);
  const assessor = createAssessor(
    { censusCountsGarbage: false },
    saved as ReturnType<ReturnType<typeof createAssessor>['state']>,
  );
  const told: [number, string][] = [];
  for (const sample of samples) {
    target.add(sample, assessor.state);
    assessor.add(sample);
    const { verdict } = assessor.assessment()!;
    if (verdict !== 'warming_up' && verdict !== told.at(-1)?.[1]) told.push([sample.atSeconds, verdict]);
  }
  return { recorder, told, log, state: () => JSON.parse(JSON.stringify(assessor.state())) };
}

/** Times of changes and verdicts. */
function replayed(folder: string): [number, string][] {
  const told: [number, string][] = [];
  for (const name of readdirSync(folder).sort()) {
    const verdicts = createTraceVerdicts();
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)) {
      const news = verdicts.add(line);
      if (news && news.verdict !== told.at(-1)?.[1]) told.push([news.t, news.verdict]);
    }
  }
  return told;
}

test('a recording gives the verdicts at the moments at which they were given', async () => {
  const folder = recordTree({}).path;
  const { recorder, told } = record(LEAK, folder);
  await recorder.close();
  expect(told.map(([, verdict]) => verdict)).toEqual(['healthy', 'leak']);
  expect(replayed(folder)).toEqual(told);
});

test('so does a recording that begins with what an earlier run of ours has known', async () => {
  const half = LEAK.length / 4;
  const before = record(LEAK.slice(0, half), recordTree({}).path);
  const folder = recordTree({}).path;
  const { recorder, told } = record(LEAK.slice(half), folder, before.state());
  await recorder.close();
  expect(told.map(([, verdict]) => verdict)).toEqual(['healthy', 'leak']);
  expect(replayed(folder)).toEqual(told);
});

test('a folder that cannot be written is told once, counted, and done without', async () => {
  const folder = join(recordTree({ file: '' }).path, 'file');
  const { recorder, log } = record(LEAK.slice(0, 10), folder);
  await recorder.close();
  await recorder.close();
  expect(log.lines).toEqual([expect.stringMatching(/^warn recording samples failed: .*choose another folder$/)]);
  expect(recorder.stats().errors).toEqual({ unreadable: 1 });
});
