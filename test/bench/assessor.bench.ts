import { expect, test } from 'vitest';
import { createAssessor } from '../../src/analysis/assessor.ts';
import { noise, samplesOf } from '../analysis/samples.ts';
import { summarize } from './summary.ts';

const TARGETS = 500;
const TYPES = 50;

test('assessing 500 targets with a day of history takes at most 2 % of a core', () => {
  const random = noise(1);
  const samples = samplesOf(26, (hour) => ({
    types: Object.fromEntries(
      Array.from({ length: TYPES }, (_, type) => [
        `Type${type}`,
        1000 * (type + 1) * (1 + 0.05 * random()) + 10 * hour,
      ]),
    ),
  }));
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
