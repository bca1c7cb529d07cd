import { expect, test } from 'vitest';
import { createHistory, type History } from '../../src/monitor/history/history.ts';
import { historyLine } from '../../src/recorder/storage.ts';
import { ownBytes } from '../real/own-bytes.ts';

const KIB = 1024;
const NAMES = Array.from({ length: 51 }, (_, index) => `shop.module${index}.ClassNumber${index}`);

/** A day of a target of which everything is known, with figures as large as they are. */
function fullDay(): History {
  const history = createHistory(1);
  for (let at = 0; at < 24 * 3600; at += 5) {
    const atSeconds = 1_700_000_000.123 + at;
    history.addReading({
      atSeconds,
      heapUsedBytes: 6e7 + at * 16,
      ...(at % 60 === 0 && { heapLiveBytes: 5e7 + at }),
      residentBytes: 9e7 + at * 4096,
      workingSetBytes: 1e8 + at * 4096,
      cpuSeconds: at / 100,
      fullCollections: Math.floor(at / 60),
      openFds: 9,
      threads: 5,
    });
    if (at % 30 !== 0) continue;
    // Names come from another thread with each census: they are never the same strings.
    const types = NAMES.map((name, index) => ({
      type: `${name} `.trim(),
      count: 1000 * index + at,
      bytes: 64e3 * index,
    }));
    history.addCensus({ atSeconds, types });
  }
  return history;
}

// As docs/state.md says.
test('a day of one target with 50 types costs 300 KiB of memory and 256 KiB on disk at most', async () => {
  fullDay(); // so that what is compiled and cached once does not count
  const before = await ownBytes();
  const histories = Array.from({ length: 20 }, fullDay);
  expect(((await ownBytes()) - before) / histories.length).toBeLessThan(300 * KIB);
  expect(historyLine('1 1 1', histories[0]!.all()).length).toBeLessThan(256 * KIB);
});
