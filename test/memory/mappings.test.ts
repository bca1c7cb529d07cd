import { expect, test } from 'vitest';
import { findMapping, parseMappings } from '../../src/memory/mappings.ts';

const text = `55d0a0a00000-55d0a0a01000 r--p 00000000 fe:00 1234                       /usr/bin/python3.11
55d0a0a01000-55d0a0c00000 r-xp 00001000 fe:00 1234                       /usr/bin/a name with spaces (deleted)
55d0a1000000-55d0a2000000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000100000 rw-s 00000000 00:01 77                         /dev/zero (deleted)
7f0000200000-7f0000300000 rw-p 00000000 00:00 0 
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

test('maps: addresses, rights, offset, inode and path are read, the kernel half is left out', () => {
  const mappings = parseMappings(text);
  expect(mappings).toHaveLength(5);
  expect(mappings[1]).toEqual({
    start: 0x55d0a0a01000,
    end: 0x55d0a0c00000,
    readable: true,
    writable: false,
    executable: true,
    shared: false,
    offset: 0x1000,
    inode: 1234,
    path: '/usr/bin/a name with spaces (deleted)',
  });
  expect(mappings[3]).toMatchObject({ shared: true, writable: true, inode: 77 });
  expect(mappings[4]).toMatchObject({ path: '', inode: 0 });
});

test('maps: lines of another form, empty ranges and ranges that go backwards are left out', () => {
  const lines = [
    '2000-1000 rw-p 0 0:0 0',
    'nonsense',
    '5000-5000 rw-p 0 0:0 0',
    '1000-2000 rw-p 0 0:0 0 ',
    '0-1000 rw-p 0 0:0 0 ',
  ];
  expect(parseMappings(lines.join('\n')).map((mapping) => mapping.start)).toEqual([0x1000]);
});

test('the mapping of an address is found, its end excluded', () => {
  const mappings = parseMappings(text);
  expect(findMapping(mappings, 0x55d0a1000000)?.path).toBe('[heap]');
  expect(findMapping(mappings, 0x55d0a1ffffff)?.path).toBe('[heap]');
  expect(findMapping(mappings, 0x55d0a2000000)).toBeUndefined();
  expect(findMapping(mappings, 0)).toBeUndefined();
  expect(findMapping([], 5)).toBeUndefined();
});

test('a path may hold any character but a newline, which the kernel writes as \\012', () => {
  const path = '/tmp/a \r\u0085\\012 b';
  const rows = parseMappings(`1000-2000 rw-p 00000000 08:01 42                         ${path}\n`);
  expect(rows.map((mapping) => mapping.path)).toEqual([path]);
});
