import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTraceVerdicts, type VerdictLine } from '../../src/commands/trace-verdicts.ts';

const cli = join(import.meta.dirname, '../../dist/cli.js');
const recorded = (name: string) =>
  gunzipSync(readFileSync(join(import.meta.dirname, `../fixtures/traces/${name}.jsonl.gz`))).toString();

// Simulated services with jitter, lost samples and restarts of the exporter; and recorded ones, at a pace of 60, of whose
// heaps nothing was known before they had grown for long. Thinned.
test.each<[trace: string, verdicts: string[], type?: string]>([
  ['leak-by-day-and-night', ['healthy', 'leak objects'], 'svc.domain.TicketHandler'],
  ['leak-after-deployment', ['healthy', 'leak objects'], 'com.acme.ProfileHandler'],
  ['leak-through-restarts', ['healthy', 'leak objects'], 'SessionRecord'],
  ['leak-native', ['healthy', 'leak native']],
  ['backlog-drains', ['healthy', 'backlog', 'healthy'], 'UserEntity'],
  ['backlog-outage', ['healthy', 'backlog', 'healthy'], 'reactor.util.concurrent.SpscLinkedArrayQueue'],
  ['overflow-thrash', ['healthy', 'overflow undersized']],
  ['overflow-burst', ['healthy', 'overflow burst']],
  ['healthy-by-day-and-night', ['healthy']],
  ['healthy-ramp', ['healthy']],
  ['healthy-warm-up', ['healthy']],
  ['healthy-lru', ['healthy']],
  ['recorded-java-sessions', ['healthy', 'leak objects']],
  ['recorded-java-queue', ['healthy', 'backlog'], 'java.util.concurrent.LinkedBlockingQueue$Node'],
])('%s', (trace, verdicts, type) => {
  const judge = createTraceVerdicts();
  const lines = recorded(trace)
    .trim()
    .split('\n')
    .flatMap((line) => judge.add(line) ?? []);
  const names = lines.map(({ verdict, cause }) => (cause ? `${verdict} ${cause}` : verdict));
  expect(names.filter((name, index) => name !== names[index - 1])).toEqual(verdicts);
  const grown = lines.filter(({ verdict }) => verdict === 'leak' || verdict === 'backlog').at(-1);
  if (type !== undefined) expect(grown?.types[0]).toBe(type);
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'heapwatch-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const replay = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, [cli, 'replay', ...args], { input, encoding: 'utf8' });
const parse = (text: string): (VerdictLine & { id?: string })[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a trace from a file, and the same from stdin', () => {
  const text = recorded('backlog-outage');
  const fromFile = execFileSync(process.execPath, [cli, 'replay', file('a.jsonl', text)], { encoding: 'utf8' });
  expect(parse(fromFile).map(({ verdict }) => verdict)).toContain('backlog');
  expect(replay(['-'], text)).toMatchObject({ status: 0, stdout: fromFile, stderr: '' });
});

test('of several files each line has the id', () => {
  const paths = ['backlog-outage', 'overflow-thrash'].map((name) => file(name, recorded(name)));
  const ids = parse(replay(paths).stdout).map(({ id }) => id);
  expect(new Set(ids)).toEqual(new Set(['backlog-outage', 'overflow-thrash']));
});

test('bad records are named by line and left out', () => {
  const lines = recorded('overflow-thrash').trim().split('\n');
  const bad = file(
    'bad.jsonl',
    lines.toSpliced(3, 0, '{"t":NaN}', '{"t":60,"pid":1,"rss_bytes":-1,"cpu_s":1}').join('\n'),
  );
  const { status, stdout, stderr } = replay([bad]);
  expect(status).toBe(1);
  expect(stderr).toContain(`${bad}:4: not JSON`);
  expect(stderr).toContain(`${bad}:5: "rss_bytes" is not a number from 0`);
  expect(stderr.trim().split('\n')).toHaveLength(2);
  expect(stdout).toBe(replay(['-'], lines.join('\n')).stdout);
});

test('a file that is no trace, and one that is not there', () => {
  expect(replay(['-'], 'hello\nworld\n')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^heapwatch replay: stdin:1: not JSON.*\n$/),
  });
  expect(replay([join(folder, 'none')])).toMatchObject({ status: 1, stderr: expect.stringContaining('ENOENT') });
});

test('wrong usage', () => {
  expect(replay([])).toMatchObject({ status: 2, stderr: expect.stringContaining('a trace file is missing') });
  expect(replay(['--fast', 'x'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--fast is not a flag') });
});
