import { expect, test } from 'vitest';
import { hasCapability, parseCapabilities } from '../../src/linux/capabilities.ts';
import { parseCredentials, readFilesOwner } from '../../src/linux/credentials.ts';

const status = `Name:	node
Uid:	1000	1001	1002	1003
Gid:	2000	2001	2002	2003
CapInh:	0000000000000000
CapPrm:	0000000000080004
CapEff:	0000000000080000
CapBnd:	00000000a80425fb
CapAmb:	0000000000000000
NoNewPrivs:	1
Seccomp:	2
`;

test('ids, capabilities, no_new_privs and seccomp are read from the lines of status', () => {
  expect(parseCredentials(status)).toEqual({
    uids: [1000, 1001, 1002],
    gids: [2000, 2001, 2002],
    fileUid: 1003,
    fileGid: 2003,
    capabilities: { effective: 0x80000n, permitted: 0x80004n, bounding: 0xa80425fbn },
    noNewPrivileges: true,
    seccomp: true,
  });
});

test('a capability is a bit of the set, also above the 32nd', () => {
  expect([hasCapability(0x80000n, 'SYS_PTRACE'), hasCapability(0x80000n, 'DAC_READ_SEARCH')]).toEqual([true, false]);
  expect(hasCapability(0x1ffffffffffn, 'CHECKPOINT_RESTORE')).toBe(true);
  expect(hasCapability(0xffffffffn, 'CHECKPOINT_RESTORE')).toBe(false);
});

test.each([
  ['no ids', status.replace(/^[UG]id.*\n/gm, '')],
  ['three ids', status.replace('\t1003', '')],
  ['words', status.replace('1000', 'root')],
  ['nothing', ''],
])('a status with %s tells no credentials', (_, text) => {
  expect(parseCredentials(text)).toBeUndefined();
});

test('a status without capabilities, of a kernel that lacks them, still tells who it is', () => {
  const without = status.replace(/^Cap.*\n/gm, '');
  expect(parseCapabilities(without)).toBeUndefined();
  expect(parseCredentials(without)).toMatchObject({ fileUid: 1003, capabilities: undefined });
});

test('the owner of the files of a process that is not there is unknown', () => {
  expect(readFilesOwner('/nonexistent', 7)).toBeUndefined();
});
