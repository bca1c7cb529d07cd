import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { heapwatch, type Server, startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { startProgramWith } from './program.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

const startPython = (env: Record<string, string>) => startProgramWith(env, python, 'healthy.py');

function configFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-real-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'heapwatch.yaml');
  writeFileSync(path, text);
  return path;
}

/** The exposition after the first look around. */
async function firstMetrics({ url }: Server): Promise<string> {
  return until('the first look around', 30_000, async () => {
    const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
    return text.includes('heapwatch_targets_skipped{') ? text : undefined;
  });
}

/** The value of the sample that begins so. */
function sampleOf(text: string, sample: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${sample} `));
  return Number(line?.slice(sample.length + 1));
}

test('OTEL_SERVICE_NAME names a process, HEAPWATCH=off keeps it out', async () => {
  const named = await startPython({ OTEL_SERVICE_NAME: 'shop "api"\n' });
  const out = await startPython({ HEAPWATCH: 'off' });
  const text = await firstMetrics(await startServer(['--discovery.min-age=0s']));
  expect(text).toContain(`heapwatch_target_up{service_name="shop \\"api\\"",runtime="cpython",pid="${named.pid}"} 1`);
  expect(text).not.toContain(`pid="${out.pid}"`);
  expect(sampleOf(text, 'heapwatch_targets_skipped{reason="opted_out"}')).toBeGreaterThanOrEqual(1);
});

test('only what is included and not excluded is watched, as the file says and a flag adds', async () => {
  const mark = `selection-${process.pid}`;
  const [meant, excluded, other] = [
    await startPython({ OTEL_SERVICE_NAME: `${mark}-api` }),
    await startPython({ OTEL_RESOURCE_ATTRIBUTES: `service.name=${mark}%2Dtest` }),
    await startPython({ OTEL_SERVICE_NAME: 'other' }),
  ];
  const file = configFile(`discovery:\n  min-age: 0s\n  include: [service=${mark}-*]\n`);
  const server = await startServer(['--config.file', file, '--discovery.exclude=service=*-test']);
  const text = await firstMetrics(server);
  expect(sampleOf(text, 'heapwatch_targets')).toBe(1);
  expect(text).toContain(`pid="${meant.pid}"`);
  expect(text).not.toContain(`pid="${excluded.pid}"`);
  expect(text).not.toContain(`pid="${other.pid}"`);
  expect(sampleOf(text, 'heapwatch_targets_skipped{reason="excluded"}')).toBeGreaterThanOrEqual(2);
});

test('mistakes in the file stop serve before it begins, with all the others, exit 2', async () => {
  const file = configFile('web: {listen-adress: ":80"}\nlog.level: loud\n');
  const run = await heapwatch(['--config.file', file, '--discovery.include=shop', '--wat']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  for (const part of ['yaml:1', 'did you mean "web.listen-address"', 'yaml:2', '--discovery.include', '--wat']) {
    expect(run.stderr).toContain(part);
  }
});

test('a file of aliases that stand for gigabytes is refused in words, exit 2', async () => {
  const lines = Array.from({ length: 18 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1},`.repeat(10)}]\n`);
  const run = await heapwatch(['serve', '--config.file', configFile(`${lines.join('')}log: *a17\n`)]);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain('heapwatch.yaml:19: aliases (*name) are not followed');
  expect(run.stderr).not.toContain('    at ');
});
