import { expect, test } from 'vitest';
import { createTraceVerdicts, type VerdictLine } from '../../src/commands/trace-verdicts.ts';

const header = { id: 'x', heap_limit_bytes: 1e9, census: 'live', census_top_n: null, format: 1 };

/** A line in every minute for some hours, with a census in every fifth. */
function trace(hours: number, orders: (minute: number) => number): string[] {
  const lines = Array.from({ length: 60 * hours }, (_, minute) => {
    const count = orders(minute);
    const live = 200e6 + 1000 * count + 1e5 * Math.sin(minute * 12.9898);
    return JSON.stringify({
      t: 60 * minute,
      pid: 1,
      rss_bytes: 4e8,
      cpu_s: 20 * minute + Math.sin(minute),
      heap_used_bytes: live + 5e7,
      heap_live_bytes: live,
      gc: { minor: minute, major: minute + 1, pause_s: minute / 100 },
      ...(minute % 5 === 0 && { types: { Order: [count, 1000 * count], String: [1e5, 5e6] } }),
    });
  });
  return [JSON.stringify(header), ...lines];
}

function judge(lines: readonly string[]): VerdictLine[] {
  const verdicts = createTraceVerdicts();
  return lines.flatMap((line) => verdicts.add(line) ?? []);
}

test('a type that grows without end is a leak, with its name and the time that is left', () => {
  const lines = judge(trace(10, (minute) => 1000 + 200 * minute));
  const leak = lines.find(({ verdict }) => verdict === 'leak');
  expect(leak).toMatchObject({ cause: 'objects', types: ['Order'] });
  const truth = (800e6 - 1e6) / (200e3 / 60) - leak!.t;
  expect(leak!.eta_s! / truth).toBeGreaterThan(0.8);
  expect(leak!.eta_s! / truth).toBeLessThan(1.25);
  expect(leak!.evidence.join('\n')).toContain('the number of Order objects grows steadily');
});

test('what does not grow is healthy', () => {
  expect(judge(trace(10, (minute) => 50_000 + 100 * Math.sin(minute)))).toEqual([
    expect.objectContaining({ verdict: 'healthy', types: [] }),
  ]);
});

test('no line depends on what comes after it', () => {
  const lines = trace(10, (minute) => 1000 + 200 * minute);
  const cut = 380;
  const before = judge(lines.slice(0, cut));
  expect(before.length).toBeGreaterThan(0);
  expect(judge(lines).filter(({ t }) => t < 60 * (cut - 1))).toEqual(before);
});

test('a restart of the exporter keeps what is known', () => {
  const lines = trace(10, (minute) => 1000 + 200 * minute);
  const restarted = lines.toSpliced(200, 0, JSON.stringify({ t: 198 * 60 + 1, event: 'exporter_restart' }));
  expect(judge(restarted).map(({ t, verdict }) => [t, verdict])).toEqual(
    judge(lines).map(({ t, verdict }) => [t, verdict]),
  );
});

test.each([
  ['{"t":1', 'not JSON'],
  ['[]', 'not a JSON object'],
  ['{"t":-1,"pid":1,"rss_bytes":1,"cpu_s":1}', '"t" is not a number from 0'],
  ['{"t":1,"pid":1,"rss_bytes":null,"cpu_s":1}', '"rss_bytes" is not a number from 0'],
  ['{"t":1,"pid":1,"cpu_s":1}', '"rss_bytes" is missing'],
  ['{"t":1,"pid":1,"rss_bytes":1,"cpu_s":1,"types":{"A":[1]}}', 'has no count and bytes'],
])('%s is refused', (line, reason) => {
  const verdicts = createTraceVerdicts();
  verdicts.add(JSON.stringify(header));
  expect(() => verdicts.add(line)).toThrow(reason);
});

test.each([
  ...['t', 'pid', 'rss_bytes', 'cpu_s', 'heap_used_bytes', 'heap_live_bytes', 'heap_limit_bytes', 'cgroup_limit_bytes'],
  ...['working_set_bytes', 'node_bytes', 'native_bytes', 'metaspace_bytes', 'metaspace_limit_bytes'],
  ...['direct_limit_bytes', 'fds', 'threads', 'garbage_objects'],
])('%s that is negative, infinite or no number is refused by name', (field) => {
  const verdicts = createTraceVerdicts();
  verdicts.add(JSON.stringify(header));
  const line = { t: 1, pid: 1, rss_bytes: 1, cpu_s: 1 };
  for (const wrong of ['-1', '1e999', '"NaN"', '{}']) {
    const text = JSON.stringify({ ...line, [field]: 'wrong' }).replace('"wrong"', wrong);
    expect(() => verdicts.add(text)).toThrow(`"${field}" is not a number from 0`);
  }
});

test('a file without a header is refused', () => {
  expect(() => createTraceVerdicts().add('{"t":1}')).toThrow('no header');
});
