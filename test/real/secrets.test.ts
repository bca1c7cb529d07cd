import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { startProgramWith } from './program.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

test('what a process has in its environment and its arguments is on no page, in no answer and in no log', async () => {
  const env = {
    DB_PASSWORD: 'secret-of-environment',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret-of-header',
  };
  const program = await startProgramWith(env, python, 'healthy.py', '1000', '10000', '--token=secret-of-arguments');
  const node = await startProgramWith(env, process.execPath, 'v8-vitals.mjs', '--token=secret-of-arguments');
  // Otherwise nothing is proved.
  for (const { pid } of [program, node]) {
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain('secret-of-environment');
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('secret-of-arguments');
  }
  const server = await startServer(
    [
      ...[
        '--discovery.min-age=0s',
        '--discovery.include=service=*healthy.py',
        '--discovery.include=service=*v8-vitals.mjs',
      ],
      ...['--log.level=debug', '--web.api=on'],
    ],
    env,
  );
  const get = async (path: string) => {
    const authorization = `Basic ${Buffer.from('me:secret-of-request').toString('base64')}`;
    const answer = await fetch(server.url + path, { headers: { authorization }, signal: AbortSignal.timeout(20_000) });
    return answer.text();
  };
  await until('both to be counted', 60_000, async () => {
    const text = await get('/metrics');
    const isCounted = (pid: number) => new RegExp(`^heapwatch_objects\\{.*pid="${pid}"`, 'm').test(text);
    return isCounted(program.pid) && isCounted(node.pid);
  });
  const { targets } = JSON.parse(await get('/api/v1/targets')) as { targets: { id: string; pid: number }[] };
  const ours = targets.filter(({ pid }) => [program.pid, node.pid].includes(pid));
  expect(ours).toHaveLength(2);
  const paths = ['/', '/metrics', '/api/v1/targets', '/api/v1/incidents', '/api/v1/openapi.json', '/secret-of-path'];
  const answers = await Promise.all([...paths, ...ours.map(({ id }) => `/api/v1/targets/${id}`)].map(get));
  await get('/api/v1/targets/%00');
  await server.stop();
  const everything = [...answers, server.logged(), ...server.lines.seen].join('\n');
  expect(everything.includes('healthy.py') && everything.includes('v8-vitals.mjs')).toBe(true);
  expect(everything.match(/secret-of-\w+|bWU6c2VjcmV0/g)).toBeNull();
});
