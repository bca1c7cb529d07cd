import { expect, test } from 'vitest';
import { createFakeClock } from './fake-clock.ts';
import { createFakeMonitor } from './fake-monitor.ts';
import { censusOf } from './fake-world.ts';

const HOUR = 3600;

test.each([
  ['an hour back', -HOUR],
  ['a month on', 30 * 24 * HOUR],
  ['to the beginning of its time', -1_700_000_000],
])('when the clock of the machine is set %s, readings and censuses go on and no verdict changes', async (_, jump) => {
  const fake = createFakeClock();
  let set = 0;
  const clock = { ...fake, nowSeconds: () => fake.nowSeconds() + set };
  const { monitor, taker, runtime } = createFakeMonitor([{ pid: 42, residentKib: 100 }], { clock });
  let readings = 0;
  runtime.onVitals = () => void readings++;
  let censuses = 0;
  taker.take = async () => {
    censuses++;
    return censusOf(clock.nowSeconds(), 0.01);
  };
  const look = () => ({ target: monitor.latest().targets[0], history: monitor.history({ pid: 42, startTicks: 42 }) });
  await monitor.start();
  await fake.advance(HOUR / 2);
  const before = look();
  expect(before.target?.assessment?.verdict).toBe('healthy');

  set = jump;
  const [readingsBefore, censusesBefore] = [readings, censuses];
  await fake.advance(10 * 60);
  const { target, history } = look();
  expect(readings - readingsBefore).toBe(120);
  expect(censuses - censusesBefore).toBeGreaterThanOrEqual(18);
  expect(target).toMatchObject({ up: true, vitals: { atSeconds: clock.nowSeconds() } });
  expect(['healthy', 'warming_up']).toContain(target?.assessment?.verdict);
  for (const series of [history?.readings ?? [], history?.censuses ?? []]) {
    const times = series.map(({ atSeconds }) => atSeconds);
    expect(times.length).toBeGreaterThan(10);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(clock.nowSeconds());
  }

  await fake.advance(HOUR / 2);
  expect(look().target?.assessment?.verdict).toBe('healthy');
});
