import { expect, onTestFinished, test } from 'vitest';
import type { CensusTaker } from '../../src/census/census-taker.ts';
import { anyInterpreter } from './interpreters.ts';
import { testNeeding } from './needs.ts';
import { refOf } from './process-ref.ts';
import { startProgram } from './program.ts';

// The worker is a file of its own, which Node.js 20 only runs compiled: `npm run build` comes first.
const { startCensusTaker } = await import('../../dist/census/worker-census-taker.js');

function startTaker(): CensusTaker {
  const taker: CensusTaker = startCensusTaker();
  onTestFinished(() => taker.close());
  return taker;
}

const pythonTest = testNeeding('CPython 3.8 to 3.13', anyInterpreter !== undefined);

pythonTest('censuses asked for at once are taken one after the other, off the main thread', async () => {
  const programs = await Promise.all([1, 2, 3].map(() => startProgram(anyInterpreter!.path, 'healthy.py')));
  const taker = startTaker();
  const censuses = await Promise.all(programs.map(({ pid }) => taker.take(refOf(pid), 'cpython', 10_000)));
  const spans = censuses.map((one) => [one.takenAtSeconds, one.takenAtSeconds + one.durationSeconds] as const);
  expect(spans[1]![0]).toBeGreaterThanOrEqual(spans[0]![1] - 0.005);
  expect(spans[2]![0]).toBeGreaterThanOrEqual(spans[1]![1] - 0.005);
  for (const census of censuses) expect(census.objects).toBeGreaterThan(1000);
});

pythonTest(
  'a failure keeps its kind and words on the way out of the worker, and the next census is taken',
  async () => {
    const program = await startProgram(anyInterpreter!.path, 'healthy.py');
    const taker = startTaker();
    const reused = taker.take({ ...refOf(program.pid), startTicks: 1 }, 'cpython', 10_000);
    await expect(reused).rejects.toMatchObject({ name: 'ReadFailure', kind: 'gone' });
    const itself = taker.take(refOf(process.pid), 'cpython', 10_000);
    await expect(itself).rejects.toMatchObject({ kind: 'gone', message: expect.stringContaining('no Python process') });
    await expect(taker.take(refOf(program.pid), 'cpython', 10_000)).resolves.toHaveProperty('objects');
  },
);

pythonTest('past its deadline a census is stopped as busy, and the next one is taken', async () => {
  const program = await startProgram(anyInterpreter!.path, 'leak.py');
  const taker = startTaker();
  await expect(taker.take(refOf(program.pid), 'cpython', 0)).rejects.toMatchObject({ kind: 'busy' });
  await expect(taker.take(refOf(program.pid), 'cpython', 30_000)).resolves.toHaveProperty('objects');
});

test('a closed taker rejects what waits and what comes', async () => {
  const taker = startTaker();
  const waiting = [1, 2].map(() => taker.take(refOf(process.pid), 'cpython', 10_000));
  const closed = taker.close();
  for (const census of waiting) await expect(census).rejects.toMatchObject({ kind: 'busy' });
  await closed;
  await expect(taker.take(refOf(process.pid), 'cpython', 10_000)).rejects.toMatchObject({ kind: 'busy' });
  await taker.close();
});
