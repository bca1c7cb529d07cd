import { execFileSync } from 'node:child_process';
import { chownSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { incidentJson, parseIncidentSummary } from '../../src/exporters/json/incident-json.ts';
import type { Target } from '../../src/model/target.ts';
import { type IncidentFormat, openIncidentStore } from '../../src/recorder/incident-store.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { testNeeding } from '../real/needs.ts';
import { growingHistory, sampleIncident } from './sample-incident.ts';
import { smallDisk } from './small-disk.ts';

const format: IncidentFormat = {
  json: incidentJson,
  report: ({ id }) => `report ${id}`,
  summary: parseIncidentSummary,
};
const named = (serviceName: string): Partial<Target> => ({ serviceName });

function storeOf(folder: string | undefined) {
  const store = openIncidentStore(folder, format);
  store.load();
  return store;
}

test('what was written is there after a restart, the newest first', async () => {
  const folder = join(recordTree({}).path, 'state/incidents');
  const first = storeOf(folder);
  const incidents = [sampleIncident(0), sampleIncident(60, named('other'))];
  for (const incident of incidents) await first.add(incident);
  const second = storeOf(folder);
  expect(second.incidents()).toEqual(first.incidents());
  expect(second.incidents().map(({ serviceName }) => serviceName)).toEqual(['other', 'worker.py']);
  expect(second.incident(incidents[0]!.id)).toEqual(JSON.parse(JSON.stringify(incidentJson(incidents[0]!))));
  expect(second.report(incidents[0]!.id)).toBe(`report ${incidents[0]!.id}`);
});

test('a link that someone has put in our way is replaced, not followed', async () => {
  const tree = recordTree({ victim: 'precious' });
  const incident = sampleIncident();
  for (const kind of ['json', 'html', 'log']) {
    for (const name of [`${incident.id}.${kind}`, `${incident.id}.${kind}.unfinished`]) {
      tree.write({ [`incidents/${name}`]: { link: '../victim' } });
    }
  }
  await storeOf(join(tree.path, 'incidents')).add(incident, ['a line']);
  expect(readFileSync(join(tree.path, 'victim'), 'utf8')).toBe('precious');
  expect(readFileSync(join(tree.path, `incidents/${incident.id}.log`), 'utf8')).toBe('a line\n');
});

test('a link in the place of a report is not followed', async () => {
  const tree = recordTree({ secret: 'secret' });
  const folder = join(tree.path, 'incidents');
  const { id } = sampleIncident();
  await storeOf(folder).add(sampleIncident());
  tree.write({ [`incidents/${id}.html`]: { link: '../secret' } });
  expect(storeOf(folder).report(id)).toBeUndefined();
});

testNeeding('root', process.getuid?.() === 0)('an incident that another user has put there is not told', async () => {
  const folder = join(recordTree({}).path, 'incidents');
  await storeOf(folder).add(sampleIncident());
  chownSync(join(folder, `${sampleIncident().id}.json`), 65_534, 65_534);
  expect(storeOf(folder).incidents()).toEqual([]);
});

test.each([undefined, 'folder'])('an id that there is not leads nowhere: in %s', async (kind) => {
  const tree = recordTree({ 'secret.json': '{}', 'secret.html': 'secret' });
  const store = storeOf(kind && join(tree.path, 'incidents'));
  await store.add(sampleIncident());
  for (const id of ['../secret', '20231114T221505Z-1', '', '.']) {
    expect([store.incident(id), store.report(id)]).toEqual([undefined, undefined]);
  }
});

test('a service that ends again and again does not drive out the others', async () => {
  const { path } = recordTree({});
  const store = storeOf(path);
  await store.add(sampleIncident(0, named('rare')));
  for (let end = 1; end <= 25; end++) await store.add(sampleIncident(end));
  const services = store.incidents().map(({ serviceName }) => serviceName);
  expect(services.filter((name) => name === 'worker.py')).toHaveLength(20);
  expect(services.at(-1)).toBe('rare');
  expect(readdirSync(path)).toHaveLength(2 * 21);
});

test('a hundred are kept of all services together', async () => {
  const { path } = recordTree({});
  const store = storeOf(path);
  for (let end = 0; end < 103; end++) await store.add(sampleIncident(end, named(`service ${end}`)));
  expect(store.incidents()).toHaveLength(100);
  expect(storeOf(path).incidents()).toEqual(store.incidents());
});

test('what is damaged, not ours, or left over from a write is passed over', async () => {
  const { path } = recordTree({
    '20231114T221505Z-1.json': '{"id":"20231114T221505Z-1"',
    '20231114T221505Z-2.json': '{"id":"20231114T221505Z-3","ended_at_seconds":1}',
    '20231114T221505Z-4.json.unfinished': '{',
    'notes.json': '{}',
  });
  const store = storeOf(path);
  expect(store.incidents()).toEqual([]);
  expect(readdirSync(path)).not.toContain('20231114T221505Z-4.json.unfinished');
  await store.add(sampleIncident());
  expect(storeOf(path).incidents()).toHaveLength(1);
});

test('a file that is damaged later is not shown', async () => {
  const { path } = recordTree({});
  const store = storeOf(path);
  await store.add(sampleIncident());
  writeFileSync(join(path, `${sampleIncident().id}.json`), '[1');
  expect(store.incident(sampleIncident().id)).toBeUndefined();
});

test('what cannot be written is told, and kept in memory', async () => {
  const { path } = recordTree({ file: '' });
  const store = openIncidentStore(join(path, 'file/incidents'), format);
  expect(() => store.load()).toThrow(/incidents cannot be kept in .*file\/incidents: ENOTDIR.*another --storage\.path/);
  await expect(store.add(sampleIncident())).rejects.toThrow(/incidents cannot be kept/);
  expect(store.incidents()).toHaveLength(1);
  expect(store.report(sampleIncident().id)).toMatch(/^report/);
});

test('without a folder the newest ten are there', async () => {
  const store = storeOf(undefined);
  for (let end = 0; end < 12; end++) await store.add(sampleIncident(end));
  expect(store.incidents()).toHaveLength(10);
  expect(store.incidents().map(({ endedAtSeconds }) => endedAtSeconds % 100)).toEqual([
    16, 15, 14, 13, 12, 11, 10, 9, 8, 7,
  ]);
  expect(store.incident(store.incidents()[0]!.id)).toMatchObject({ ending: 'oom_killed' });
});

test('files are for their owner only, and whole', async () => {
  const { path } = recordTree({});
  await storeOf(path).add(sampleIncident());
  expect(JSON.parse(readFileSync(join(path, `${sampleIncident().id}.json`), 'utf8'))).toMatchObject({ pid: 4711 });
});

testNeeding('root', process.getuid?.() === 0)(
  'a disk that is read-only is told, what is on it is shown, and what comes is kept in memory',
  async () => {
    const { path } = smallDisk(1024);
    await storeOf(path).add(sampleIncident());
    execFileSync('mount', ['-o', 'remount,ro', path]);
    const store = storeOf(path);
    await expect(store.add(sampleIncident(5))).rejects.toThrow(/incidents cannot be kept in .*EROFS.*let heapwatch/);
    expect(store.incidents()).toHaveLength(2);
    for (const { id } of store.incidents()) expect(store.incident(id)).toMatchObject({ pid: 4711 });
  },
);

testNeeding('root', process.getuid?.() === 0)(
  'a disk that is full is told, and no half of a file is left on it',
  async () => {
    const { path } = smallDisk(16);
    const store = storeOf(path);
    const large = sampleIncident(0, {}, growingHistory(400, 40));
    await expect(store.add(large)).rejects.toThrow(/incidents cannot be kept in .*ENOSPC.*make room there/);
    expect(store.incident(large.id)).toMatchObject({ pid: 4711 });
    expect(readdirSync(path)).toEqual([]);
  },
);
