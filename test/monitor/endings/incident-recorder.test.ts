import { expect, test } from 'vitest';
import { createIncidentRecorder } from '../../../src/monitor/endings/incident-recorder.ts';
import { openIncidentStore } from '../../../src/recorder/incident-store.ts';
import { sampleTarget } from '../../metrics/sample-snapshot.ts';
import { createRecordedLog } from '../fake-world.ts';

test('of those that die faster than a disk takes it no more wait than are kept; the rest is counted', async () => {
  const format = { json: () => ({}), report: () => '', summary: () => undefined };
  const written: string[] = [];
  let letGo = () => {};
  const disk = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const incidentStore = {
    ...openIncidentStore(undefined, format),
    add: async ({ id }: { readonly id: string }) => {
      await disk;
      written.push(id);
    },
  };
  let counted = 0;
  const register = { incident: () => void counted++ };
  const logger = createRecordedLog();
  const recorder = createIncidentRecorder({ incidentStore, register, logger });
  const snapshot = sampleTarget({}, {});
  const watch = { target: snapshot.target, snapshot: () => snapshot, history: () => ({ readings: [], censuses: [] }) };
  const die = () => recorder.record(watch, { ending: 'crashed', proof: [] }, 1000);
  for (let death = 0; death < 250; death++) die();
  expect(counted).toBe(250);
  letGo();
  await recorder.close();
  expect(written).toHaveLength(100);
  expect(logger.lines.filter((line) => line.includes('wait to be written'))).toHaveLength(1);
  die();
  await recorder.close();
  expect(written).toHaveLength(101);
});
