import { expect, test } from 'vitest';
import { makeIncident, summarize } from '../../src/recorder/incident.ts';
import { sampleTarget } from '../metrics/sample-snapshot.ts';
import { growingHistory, sampleFinding, sampleIncident } from './sample-incident.ts';

test('it is called by its time and pid', () => {
  expect(sampleIncident().id).toBe('20231114T221505Z-4711');
});

test('the growth of types is from the first census to the last, and of those that grew', () => {
  expect(sampleIncident().typeGrowth).toEqual([
    { type: 'tuple', firstCount: 10, lastCount: 30, firstBytes: 640, lastBytes: 1920 },
  ]);
});

test('one census tells no growth', () => {
  expect(sampleIncident(0, {}, growingHistory(10, 1)).typeGrowth).toEqual([]);
});

test('of censuses the types that grew and the suspects are kept', () => {
  const { censuses } = sampleIncident().history;
  expect(censuses.map(({ types }) => types.map(({ type }) => type))).toEqual([['tuple'], ['tuple'], ['tuple']]);
});

test('a long history is thinned: the newest are all there, and the first', () => {
  const long = growingHistory(1500, 150);
  const { readings, censuses } = sampleIncident(0, {}, long).history;
  expect([readings.length, censuses.length]).toEqual([400, 40]);
  expect(readings.slice(-200)).toEqual(long.readings.slice(-200));
  expect(readings[0]).toEqual(long.readings[0]);
  expect(readings.every(({ atSeconds }, index) => index === 0 || atSeconds > readings[index - 1]!.atSeconds)).toBe(
    true,
  );
});

test('what to do next names the suspects', () => {
  expect(sampleIncident().advice[0]).toMatch(/^Find what keeps tuple, not\.exported, str:/);
});

test('of a target that was not judged there is advice too', () => {
  const { assessment: _, ...unjudged } = sampleTarget();
  const incident = makeIncident(unjudged, growingHistory(0, 0), sampleFinding, 1);
  expect(incident.advice.length).toBeGreaterThan(0);
  expect(incident).not.toHaveProperty('assessment');
  expect(summarize(incident)).not.toHaveProperty('verdict');
});

test('a leak that was too quick to be judged is named by what grew', () => {
  const { assessment: _, ...young } = sampleTarget();
  const large = {
    ...young,
    vitals: { ...young.vitals!, process: { ...young.vitals!.process, residentBytes: 10_000 } },
  };
  const quick = makeIncident(large, growingHistory(10, 3), sampleFinding, 0);
  expect(quick.advice[0]).toMatch(/^Look first at what keeps tuple: they grew most/);
  const huge = { ...young, vitals: { ...young.vitals!, process: { ...young.vitals!.process, residentBytes: 1e9 } } };
  expect(makeIncident(huge, growingHistory(10, 3), sampleFinding, 0).advice.join()).not.toContain('tuple');
});

test('the largest types at the end stand first', () => {
  expect(sampleIncident().types.map(({ type }) => type)).toEqual(['tuple', 'module']);
});

test('in short it says who, how and what of', () => {
  expect(summarize(sampleIncident())).toEqual({
    id: '20231114T221505Z-4711',
    endedAtSeconds: 1_700_000_105,
    ending: 'oom_killed',
    serviceName: 'worker.py',
    runtime: 'cpython',
    pid: 4711,
    verdict: 'leak',
    cause: 'objects',
    suspects: ['tuple', 'not.exported', 'str'],
  });
});
