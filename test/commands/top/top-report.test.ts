import { expect, test } from 'vitest';
import { topJson, topTable } from '../../../src/commands/top/top-report.ts';
import type { Census } from '../../../src/model/census.ts';

const census: Census = {
  takenAtSeconds: 1_700_000_000,
  durationSeconds: 0.0625,
  objects: 1_205,
  bytes: 90_000,
  types: [
    { type: 'tuple', count: 1_000, bytes: 64_000, trackedCount: 400 },
    { type: 'str', count: 200, bytes: 20_000, trackedCount: 0 },
    { type: 'shop.Order', count: 5, bytes: 6_000, trackedCount: 5 },
  ],
  quality: { skippedRatio: 0, scannedBytes: 262_144 },
  spaceUsedBytes: {},
  spaceCommittedBytes: {},
};
const findings = { pid: 42, detection: { runtime: 'cpython', version: '3.11.7' }, census } as const;

test('the table lists types flush left and counts flush right, the limit bounds the rows', () => {
  expect(topTable(findings, 2)).toBe(`\
cpython 3.11.7, pid 42: 1205 objects of 3 types, 90000 bytes; read in 63 ms
type   count  tracked  bytes
tuple   1000      400  64000
str      200        0  20000
Left out: 1 of 3 types; --limit 3 shows all.
Counts include cyclic garbage that no collection has freed yet.
tracked: what gc.get_objects() and objgraph see.
`);
});

test('what is young is shown beside the counts', () => {
  const types = [{ type: 'Session', count: 9, bytes: 360, youngCount: 2, youngBytes: 80 }];
  const detection = { runtime: 'nodejs', version: '20.20.2' } as const;
  const report = { ...findings, detection, census: { ...census, types } };
  expect(topTable(report, 2)).toBe(`\
nodejs 20.20.2, pid 42: 1205 objects of 1 types, 90000 bytes; read in 63 ms
type     count  young  bytes
Session      9      2    360
Counts include garbage that no collection has freed yet.
young: in the new generation, where most of the garbage is.
`);
  expect(JSON.parse(topJson(report, 1)).types).toEqual([
    { type: 'Session', count: 9, bytes: 360, young: 2, young_bytes: 80 },
  ]);
});

test('with growth the table is ordered by growth and shows the counts of the second census', () => {
  const growth = [
    { type: 'str', countDelta: 100, bytesDelta: 6_400 },
    { type: 'gone.Type', countDelta: -3, bytesDelta: -96 },
  ];
  expect(topTable({ ...findings, growth, growthSeconds: 10 }, 50)).toBe(`\
cpython 3.11.7, pid 42: 1205 objects of 3 types, 90000 bytes; read in 63 ms, compared with 10 s before
type       growth  bytes growth  count  tracked  bytes
str          +100         +6400    200        0  20000
gone.Type      -3           -96      0        0      0
Counts include cyclic garbage that no collection has freed yet.
tracked: what gc.get_objects() and objgraph see.
`);
});

test('the JSON has the names of the contract', () => {
  const growth = [{ type: 'str', countDelta: 100, bytesDelta: 6_400 }];
  expect(JSON.parse(topJson({ ...findings, growth }, 1))).toEqual({
    pid: 42,
    runtime: 'cpython',
    version: '3.11.7',
    duration_ms: 62.5,
    quality: { skipped_ratio: 0, scanned_bytes: 262_144 },
    objects: 1_205,
    bytes: 90_000,
    types: [{ type: 'tuple', count: 1_000, bytes: 64_000, tracked: 400 }],
    growth: [{ type: 'str', count_delta: 100, bytes_delta: 6_400 }],
  });
});

test('a heap that could not be read in full is said so', () => {
  const partial = { ...census, quality: { skippedRatio: 0.25, scannedBytes: 1 } };
  expect(topTable({ ...findings, census: partial }, 50)).toContain(
    '25.0 % of the heap could not be read or understood.',
  );
});

test('type names cannot steer the terminal', () => {
  const hostile = { ...census, types: [{ type: 'a\u001b[31m\u009b2J\u202e\nb', count: 1, bytes: 1 }] };
  const escaped = 'a\\u{1b}[31m\\u{9b}2J\\u{202e}\\u{a}b';
  expect(topTable({ ...findings, census: hostile }, 50)).toContain(`\n${escaped}  `);
  const json = topJson({ ...findings, census: hostile }, 50);
  expect(json.trimEnd()).toMatch(/^[\x20-\x7e]*$/);
  expect(JSON.parse(json).types[0].type).toBe(hostile.types[0]?.type);
});
