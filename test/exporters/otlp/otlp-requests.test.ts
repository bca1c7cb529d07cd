import { expect, test } from 'vitest';
import { createOtlpRequests } from '../../../src/exporters/otlp/otlp-requests.ts';
import { sampleSnapshot, sampleTarget } from '../../metrics/sample-snapshot.ts';

test('while hundreds of processes are told, the event loop turns', async () => {
  const targets = Array.from({ length: 400 }, (_, index) =>
    sampleTarget({}, { process: { pid: 1000 + index, startTicks: 1, procfsPath: '/proc' } }),
  );
  const build = { version: '1.2.3', nodeVersion: 'v20.0.0' };
  const requests = createOtlpRequests({ build, isDelta: false, sharesHostName: () => true, startedAtSeconds: 0 });
  let turns = 0;
  let isDone = false;
  const turn = () => {
    turns++;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  for await (const request of requests.of(sampleSnapshot(targets), 1_700_000_110)) request.commit();
  isDone = true;
  // Slices of 10 ms: it takes 130 ms on a fast machine, and more, with more turns, on a slow one.
  expect(turns).toBeGreaterThan(2);
});
