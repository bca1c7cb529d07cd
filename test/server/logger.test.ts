import { expect, test } from 'vitest';
import { createLogger } from '../../src/server/logger.ts';

function logOnce(logFormat: 'logfmt' | 'json', logLevel: 'debug' | 'info' | 'warn' | 'error' = 'info') {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) > 0 };
  const logger = createLogger({ logLevel, logFormat }, stream);
  logger.info({ pid: 12, name: 'a "b"\nlevel=error', cgroup: { usage: 1 } }, 'cannot be read');
  return lines.join('');
}

test('a logfmt line is one line, whatever the values hold', () => {
  expect(logOnce('logfmt')).toMatch(
    /^time=\d{4}-\d\d-\d\dT[\d:.]+Z level=info msg="cannot be read" pid=12 name="a \\"b\\"\\nlevel=error" cgroup="{\\"usage\\":1}"\n$/,
  );
});

test('the JSON line has the same keys', () => {
  expect(JSON.parse(logOnce('json'))).toMatchObject({ level: 'info', msg: 'cannot be read', pid: 12 });
});

test('less severe messages than the level are not written', () => {
  expect(logOnce('json', 'warn')).toBe('');
});
