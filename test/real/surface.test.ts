import { expect, test } from 'vitest';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { asOwnService, watchOwnService } from './own-service.ts';
import { startProgramWith } from './program.ts';
import { until } from './until.ts';

const python = anyInterpreter?.path ?? '/usr/bin/python3';

async function get(url: string, accept = '*/*'): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { headers: { accept }, signal: AbortSignal.timeout(10_000) });
  return { status: answer.status, text: await answer.text() };
}

test('a Python that makes classes without end has few series, and the API tells its past', async () => {
  const program = await startProgramWith(asOwnService, python, 'endless_classes.py');
  // 100 times as fast: a census every 0.3 s.
  // This one only: at that pace the tests' own processes would take the budget.
  const settings = [...watchOwnService, '--census.types=30'];
  const server = await startServer(settings, { HEAPWATCH_TEST_PACE: '100' });
  const pid = `pid="${program.pid}"`;
  const names = new Set<string>();
  await until('three hundred classes', 30_000, async () => {
    const { text } = await get(`${server.url}/metrics`, 'application/openmetrics-text');
    const rows = text.split('\n').filter((row) => row.startsWith('heapwatch_objects{') && row.includes(pid));
    expect(rows.length).toBeLessThanOrEqual(31);
    for (const row of rows) names.add(/type="(.*)"\}/.exec(row)?.[1] ?? '');
    const made = rows.find((row) => row.includes('type="__main__.Session_*"'));
    return Number(made?.split(' ').at(-1)) >= 300 || undefined;
  });
  expect(names).toContain('__main__.Session_*');
  expect([...names]).toEqual(
    expect.arrayContaining([
      '__main__.two\\\\u000alines',
      '__main__.\\"} 1',
      '__main__.back\\\\slash',
      '__main__.half \\\\ud83d',
      '__main__.evil\\\\u202eeman',
    ]),
  );
  expect([...names].filter((name) => /Session_\d/.test(name)).length).toBeLessThanOrEqual(20);

  const listed = JSON.parse((await get(`${server.url}/api/v1/targets`)).text);
  const { id } = listed.targets.find((target: { pid: number }) => target.pid === program.pid);
  const target = JSON.parse((await get(`${server.url}/api/v1/targets/${id}`)).text);
  expect(target).toMatchObject({ pid: program.pid, runtime: 'cpython', up: true, command: expect.any(String) });
  expect(target.types.length).toBeLessThanOrEqual(31);
  expect(target.history.readings.length).toBeGreaterThan(3);
  expect(target.history.censuses.length).toBeGreaterThan(1);

  await program.end();
  const answer = await until('the target to vanish', 15_000, async () => {
    const { status, text } = await get(`${server.url}/api/v1/targets/${id}`);
    return status === 404 ? text : undefined;
  });
  expect(JSON.parse(answer).message).toContain(`there is no target "${id}": it has ended`);
});
