import { expect, test } from 'vitest';
import { createOtlpRequests } from '../../../src/exporters/otlp/otlp-requests.ts';
import { sampleSnapshot, sampleTarget } from '../../metrics/sample-snapshot.ts';

test('while hundreds of processes are told, the event loop turns', async () => {
  const targets = Array.from({ length: 400 }, (_, index) =>
    sampleTarget({}, { process: { pid: 1000 + index, startTicks: 1, procfsPath: '/proc' } }),
  );
  const build = { version: '1.2.3', nodeVersion: 'v20.0.0' };
  const requests = createOtlpRequests({ build, isDelta: false, sharesHostName: () => true, startedAtSeconds: 0 });
  const beganAt = performance.now();
  let lastTurn = beganAt;
  let longestMs = 0;
  const turns = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastTurn);
    lastTurn = performance.now();
  });
  for await (const request of requests.of(sampleSnapshot(targets), 1_700_000_110)) request.commit();
  clearInterval(turns);
  // Slices of 10 ms, of half a second here; a machine that is busy stretches both.
  expect(longestMs).toBeLessThan((performance.now() - beganAt) / 4);
});
