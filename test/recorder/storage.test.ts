import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TargetHistory } from '../../src/model/history.ts';
import { formatHistory, parseHistory } from '../../src/recorder/history-line.ts';
import { openStateFile } from '../../src/recorder/state-file.ts';
import { historyLine, openStorage } from '../../src/recorder/storage.ts';
import { recordTree } from '../linux/recorded-tree.ts';

const HISTORY: TargetHistory = {
  readings: [
    { atSeconds: 1_700_000_000.125, residentBytes: 5, cpuSeconds: 0.25, threads: 1 },
    {
      atSeconds: 1_700_000_005,
      heapUsedBytes: 2 ** 42,
      heapLiveBytes: 3,
      residentBytes: 6,
      workingSetBytes: 7,
      cpuSeconds: 0.5,
      fullCollections: 0,
      openFds: 0,
      threads: 2,
    },
  ],
  censuses: [
    { atSeconds: 1, types: [{ type: 'dict', count: 1, bytes: 2 }] },
    { atSeconds: 2, types: [{ type: 'dict', count: 3, bytes: 4 }] },
    {
      atSeconds: 3,
      types: [
        { type: 'a\n"\t', count: 5, bytes: 6 },
        { type: '', count: 0, bytes: 0 },
      ],
    },
    { atSeconds: 4, types: [] },
  ],
};

const EMPTY: TargetHistory = { readings: [], censuses: [] };

test.each([
  ['full', HISTORY],
  ['empty', EMPTY],
])('a %s history comes back as it was', (_, history) => {
  expect(parseHistory(formatHistory(history))).toEqual(history);
});

test.each([
  'no JSON',
  'null',
  '{}',
  '{"readings":{},"censuses":[]}',
  '{"readings":[[1,2,3]],"censuses":[]}',
  '{"readings":[[1,2,3,4,null,null,null,null,"5"]],"censuses":[]}',
  '{"readings":[[null,2,3,4,null,null,null,null,null]],"censuses":[]}',
  '{"readings":[[1,2,3,-4,null,null,null,null,null]],"censuses":[]}',
  '{"readings":[[1,2,3,1e999,null,null,null,null,null]],"censuses":[]}',
  '{"readings":[],"censuses":[{"atSeconds":1,"names":["a"],"numbers":[1]}]}',
  '{"readings":[],"censuses":[{"atSeconds":1,"names":[7],"numbers":[1,1]}]}',
  '{"readings":[],"censuses":[null]}',
  `{"readings":[${'[1,1,1,1],'.repeat(3000)}[1,1,1,1]],"censuses":[]}`,
  `{"readings":[],"censuses":[{"atSeconds":1,"names":["${'x'.repeat(2000)}"],"numbers":[1,1]}]}`,
])('what is no history is refused: %.80s', (line) => {
  expect(() => parseHistory(line)).toThrow(/a history is not as heapwatch writes it/);
});

test('histories are found by their key, of the same boot only', async () => {
  const { path } = recordTree({});
  await openStorage(path, 'boot 1').saveHistories([historyLine('42 100', HISTORY), historyLine('43 100', EMPTY)]);
  const [first, second, ...rest] = openStorage(path, 'boot 1').loadHistories();
  expect([first?.key, first?.parse()]).toEqual(['42 100', HISTORY]);
  expect([second?.key, second?.parse(), rest]).toEqual(['43 100', EMPTY, []]);
  expect(openStorage(path, 'boot 2').loadHistories()).toEqual([]);
});

test('deaths come back, also after a boot', async () => {
  const { path } = recordTree({});
  const deaths = [
    { serviceName: 'shop\n"', runtime: 'cpython', oomKills: 3, seenAtSeconds: 1_700_000_000 },
    { serviceName: 'jar', runtime: 'jvm', oomKills: 0, seenAtSeconds: 1, outOfMemoryErrors: { java_heap: 2 } },
  ];
  await openStorage(path, 'boot 1').saveDeaths(deaths);
  expect(openStorage(path, 'boot 2').loadDeaths()).toEqual(deaths);
});

test.each(['no JSON', '7', 'null', '{"serviceName":"shop","runtime":"cpython","oomKills":-1,"seenAtSeconds":1}'])(
  'what is no record of deaths is refused and set aside: %s',
  async (line) => {
    const { path } = recordTree({});
    await openStateFile(join(path, 'deaths.jsonl'), 'deaths').write({}, [line]);
    const storage = openStorage(path, 'b');
    expect(() => storage.loadDeaths()).toThrow(/deaths\.jsonl .*not as heapwatch writes it/);
    await storage.saveDeaths([]);
    expect(readFileSync(join(path, 'deaths.jsonl.rejected'), 'utf8')).toContain(line);
  },
);

test('one file that is damaged does not take the other with it', async () => {
  const { path } = recordTree({});
  const storage = openStorage(path, 'b');
  await storage.saveHistories([historyLine('42', EMPTY)]);
  writeFileSync(join(path, 'deaths.jsonl'), 'damaged');
  expect(() => storage.loadDeaths()).toThrow(/deaths\.jsonl was not written by heapwatch/);
  expect(storage.loadHistories()).toHaveLength(1);
});
