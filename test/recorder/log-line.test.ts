import { expect, test } from 'vitest';
import { logText } from '../../src/recorder/log-line.ts';

test.each([
  ['a plain line', 'ERROR failed', 'ERROR failed'],
  ['CRI', '2026-11-22T21:30:45.123456789Z stderr F ERROR failed', 'ERROR failed'],
  ['CRI with an offset', '2026-11-22T21:30:45.1+02:00 stdout P   at main', '  at main'],
  ["a program's own time", '2026-11-22T21:30:45Z ERROR failed', '2026-11-22T21:30:45Z ERROR failed'],
  ['Docker', '{"log":"ERROR \\"failed\\"\\n","stream":"stderr","time":"2026-11-22T21:30:45Z"}', 'ERROR "failed"'],
  ['what only looks like Docker', '{"log":7}', '{"log":7}'],
  ['a line of Docker that was cut', '{"log":"ERR', '{"log":"ERR'],
])('%s', (_, line, text) => {
  expect(logText(line)).toBe(text);
});
