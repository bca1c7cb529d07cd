import { expect, test } from 'vitest';
import { type Assessor, createAssessor } from '../../src/analysis/assessor.ts';
import { noise, samplesOf } from '../analysis/samples.ts';
import { ownBytes } from '../real/own-bytes.ts';
import { summarize } from './summary.ts';

const TARGETS = 500;
const TYPES = 50;

/** A day or more of a target; each of its types gains `gain` objects in an hour. */
function day(hours: number, gain: number) {
  const random = noise(1);
  return samplesOf(hours, (hour) => ({
    types: Object.fromEntries(
      Array.from({ length: TYPES }, (_, type) => [
        `Type${type}`,
        1000 * (type + 1) * (1 + 0.05 * random()) + gain * hour,
      ]),
    ),
  }));
}

test('assessing 500 targets with a day of history takes at most 2 % of a core', () => {
  const samples = day(26, 10);
  const assessor = createAssessor({ censusCountsGarbage: false });
  const history = samples.slice(0, 24 * 60);
  for (const sample of history) assessor.add(sample);
  const rest = samples.slice(history.length);
  const before = process.cpuUsage();
  for (const sample of rest) assessor.add(sample);
  const { user, system } = process.cpuUsage(before);
  const secondsPerTargetMinute = (user + system) / 1e6 / rest.length;
  const share = (TARGETS * secondsPerTargetMinute) / 60;
  process.stdout.write(
    `${(1e3 * secondsPerTargetMinute).toFixed(2)} ms per target and minute: ${(100 * share).toFixed(2)} %\n`,
  );
  summarize({
    what: 'assessment of a process, 50 types, for a minute',
    ...{ ours: 1e3 * secondsPerTargetMinute, unit: 'ms', against: 'the time of one core', theirs: 60_000 },
  });
  expect(share).toBeLessThan(0.02);
});

test.each([
  ['of a target in which nothing grows', 0, 128],
  ['of one in which every type grows', 2000, 192],
])('what is kept for the verdict %s is small', { timeout: 300_000 }, async (what, gain, mostKib) => {
  const samples = day(24, gain);
  const judged = (): Assessor => {
    const assessor = createAssessor({ censusCountsGarbage: false });
    for (const sample of samples) assessor.add(sample);
    return assessor;
  };
  judged(); // so that what is compiled and cached once does not count
  const before = await ownBytes();
  const assessors = Array.from({ length: 15 }, judged);
  const kib = ((await ownBytes()) - before) / assessors.length / 1024;
  process.stdout.write(`${kib.toFixed(0)} KiB ${what}\n`);
  expect(kib).toBeLessThan(mostKib);
});
