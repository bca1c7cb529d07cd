import { expect, test } from 'vitest';
import { isError, memoryErrorOf, redact } from '../../src/recorder/log-errors.ts';

test.each([
  ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'v8_heap'],
  ['Exception in thread "main" java.lang.OutOfMemoryError: Java heap space', 'java'],
  ['MemoryError', 'python'],
  ["terminate called after throwing an instance of 'std::bad_alloc'", 'native'],
  ['fork: Cannot allocate memory', 'system'],
  ['connection pool exhausted', undefined],
])('%s', (line, kind) => {
  expect(memoryErrorOf(line)).toBe(kind);
  expect(isError(line)).toBe(true);
});

test('what tells of no failure is not kept', () => {
  expect(isError('GET /orders 200 in 3 ms')).toBe(false);
});

test.each([
  ['Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x', 'eyJ'],
  ['login failed: password=hunter2', 'hunter2'],
  ['api_key="abc123"', 'abc123'],
  ['no route for jane.doe@example.org', 'jane'],
  ['refused by 10.11.12.13', '10.11'],
  ['token 0123456789abcdef0123456789abcdef expired', '0123456789abcdef'],
  ["bad value 'a long text that somebody wrote into a form here'", 'somebody'],
  ['card 4111111111111111 refused', '4111'],
])('%s is redacted', (line, secret) => {
  expect(redact(line)).not.toContain(secret);
  expect(redact(line)).not.toBe(line);
});

test('what says what failed is left', () => {
  const line = 'java.lang.IllegalStateException: connection pool exhausted (50 of 50 in use)';
  expect(redact(line)).toBe(line);
});

test.each(['a', '"', "'", '=', 'a@', '1.', 'password=', 'bearer ', ' ', '1', 'a.', '-'])(
  'a line of %j alone takes no longer than another',
  (unit) => {
    const line = unit.repeat(4096).slice(0, 4096);
    const beganAt = performance.now();
    for (let time = 0; time < 10; time++) redact(line);
    // A pattern that backtracks takes seconds, or for ever.
    expect(performance.now() - beganAt).toBeLessThan(2000);
  },
);

test('a long word that might begin an address is gone through once', () => {
  const redactAll = (line: string) => {
    const before = process.cpuUsage();
    for (let time = 0; time < 200; time++) redact(line);
    return process.cpuUsage(before).user;
  };
  // 4096 letters from each of which an address may begin, and as many of which only the first may be one.
  const [word, words] = ['a'.repeat(4096), 'aaa '.repeat(1024)];
  redactAll(words);
  expect(redactAll(word)).toBeLessThan(5 * redactAll(words));
});
