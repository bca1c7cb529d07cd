import { expect, test } from 'vitest';
import { logfmt } from '../../src/commands/log.ts';

test('what would steer a terminal or rearrange a line is escaped', () => {
  const msg = 'the file /x\u009b31m\u202e\x1b[2J\u2028 may not be read';
  expect(logfmt({ msg })).toContain('msg="the file /x\\u009b31m\\u202e\\u001b[2J\\u2028 may not be read"\n');
});

test('plain words stand as they are, the rest is quoted on one line', () => {
  const event = { level: 'warn', time: '2026-01-02T03:04:05.678Z', pid: 42, msg: 'cannot read "x"\nat all', empty: '' };
  expect(logfmt(event)).toBe(
    'time=2026-01-02T03:04:05.678Z level=warn pid=42 msg="cannot read \\"x\\"\\nat all" empty=""\n',
  );
});
