import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { parseBootTime, readBootTime } from '../../src/linux/boot-time.ts';
import { parseMeminfo, readMeminfo } from '../../src/linux/meminfo.ts';

test('the boot time is the line btime, wherever it stands', () => {
  expect(parseBootTime('cpu  1 2 3\nintr 9 8 7\nctxt 5\nbtime 1763822000\nprocesses 3\n')).toBe(1763822000);
  expect(() => parseBootTime('cpu 1\nxbtime 3\n')).toThrow(/btime/);
  expect(readBootTime('/proc')).toBeLessThan(Date.now() / 1000);
  expect(() => readBootTime('/nonexistent')).toThrow('no procfs at /nonexistent: check --path.procfs');
});

test('memory of the node is in bytes', () => {
  const text = 'MemTotal:       24739528 kB\nMemFree:        1 kB\nMemAvailable:   23866004 kB\n';
  expect(parseMeminfo(text)).toEqual({ memoryBytes: 24739528 * 1024, availableBytes: 23866004 * 1024 });
  expect(() => parseMeminfo('MemTotal: 1 kB\n')).toThrow(/MemAvailable/);
});

test('memory of this node is what the system says', () => {
  expect(readMeminfo('/proc').memoryBytes).toBe(totalmem());
  expect(readMeminfo('/proc').availableBytes).toBeLessThan(totalmem());
});
