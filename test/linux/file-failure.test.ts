import { expect, test } from 'vitest';
import { fileFailure } from '../../src/linux/file-failure.ts';

const errno = (code: string) => Object.assign(new Error(`${code}: no`), { code });

test.each([
  ['ENOENT', 'gone'],
  ['ESRCH', 'gone'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
  ['EIO', 'unreadable'],
])('%s means %s', (code, kind) => {
  expect(fileFailure(errno(code), '/proc/1/maps')).toMatchObject({
    kind,
    message: expect.stringContaining('/proc/1/maps'),
  });
});

test('a denied file says what to do', () => {
  expect(fileFailure(errno('EACCES'), 'x')).toMatchObject({ message: expect.stringContaining('SYS_PTRACE') });
});

test('what is not an error of the file system stays what it is', () => {
  const bug = new TypeError('bug');
  expect(fileFailure(bug, 'x')).toBe(bug);
});
