import { expect, test } from 'vitest';
import type { Circumstances } from '../../../src/commands/doctor/doctor-circumstances.ts';
import { findHindrances, type Guarded, suspectSecurityModule } from '../../../src/commands/doctor/doctor-hindrances.ts';
import type { Credentials } from '../../../src/linux/credentials.ts';

const SYS_PTRACE = 1n << 19n;
const DAC_READ_SEARCH = 1n << 2n;

function someone(uid: number, gid: number, effective = 0n, bounding = effective): Credentials {
  const capabilities = { effective, permitted: effective, bounding };
  const rest = { fileUid: uid, fileGid: gid, noNewPrivileges: false, seccomp: false };
  return { uids: [uid, uid, uid], gids: [gid, gid, gid], capabilities, ...rest };
}

function circumstances(credentials: Credentials, rest: Partial<Circumstances> = {}): Circumstances {
  return { credentials, initialUserNamespace: true, wholeMachine: true, ...rest };
}

const app: Guarded = { credentials: someone(1000, 1000), filesOwner: 1000 };
const both = SYS_PTRACE | DAC_READ_SEARCH;
const setuid: Credentials = { ...someone(1000, 1000), uids: [1000, 0, 0] };

test.each<[string, Circumstances, Guarded, RegExp[]]>([
  ['root with both capabilities', circumstances(someone(0, 0, both)), app, []],
  ['the same user and group', circumstances(someone(1000, 1000)), app, []],
  ['the same user and group under scope 0', circumstances(someone(1000, 1000), { ptraceScope: 0 }), app, []],
  ['another user', circumstances(someone(5, 1000)), app, [/runs as user 1000, this heapwatch as user 5/]],
  ['another group', circumstances(someone(1000, 5)), app, [/group 1000, this heapwatch as group 5/]],
  ['a process of several users', circumstances(someone(1000, 1000)), { credentials: setuid }, [/as user 0 \(root\)/]],
  ['not dumpable', circumstances(someone(1000, 1000)), { ...app, filesOwner: 0 }, [/not dumpable/]],
  [
    'Yama 1, the same user',
    circumstances(someone(1000, 1000), { ptraceScope: 1 }),
    app,
    [/ptrace_scope is 1.*SYS_PTRACE/],
  ],
  ['Yama 1, root', circumstances(someone(0, 0, both), { ptraceScope: 1 }), app, []],
  ['Yama 3, root', circumstances(someone(0, 0, both), { ptraceScope: 3 }), app, [/lets nobody/]],
  [
    'another user and Yama 2',
    circumstances(someone(5, 5), { ptraceScope: 2 }),
    app,
    [/user 1000/, /ptrace_scope is 2/],
  ],
  [
    'SYS_PTRACE alone',
    circumstances(someone(0, 0, SYS_PTRACE)),
    app,
    [/DAC_READ_SEARCH, which opens them, is missing/],
  ],
  ['SYS_PTRACE alone, own files', circumstances(someone(1000, 9, SYS_PTRACE)), app, []],
  [
    'a process with more capabilities',
    circumstances(someone(0, 0)),
    { credentials: someone(0, 0, both) },
    [/capabilities that this heapwatch does not/],
  ],
  [
    'a user namespace',
    circumstances(someone(0, 0, both), { initialUserNamespace: false }),
    { credentials: someone(0, 0, both) },
    [/in a user namespace/],
  ],
])('%s: the hindrances are those of the kernel', (_, us, process, expected) => {
  const reasons = findHindrances(us, process).map(({ reason }) => reason);
  expect(reasons).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
});

test('advice fits who we are: root gets capabilities, others become root or the same user', () => {
  const adviceFor = (us: Circumstances) => findHindrances(us, app).map(({ advice }) => advice);
  expect(adviceFor(circumstances(someone(0, 0)))[0]).toMatch(/^give this heapwatch SYS_PTRACE and DAC_READ_SEARCH/);
  expect(adviceFor(circumstances(someone(5, 5)))[0]).toMatch(
    /^run heapwatch as root .* or as user 1000 and group 1000/,
  );
  expect(adviceFor(circumstances(someone(5, 5, 0n, both)))[0]).toContain('leaves them in the bounding set');
  const underYama = adviceFor(circumstances(someone(5, 5), { ptraceScope: 1 }));
  expect(underYama.join()).not.toContain('group 1000'); // would not help
  expect(underYama[1]).toContain('set kernel.yama.ptrace_scope to 0');
});

test('when no rule forbids, a security module is suspected only where there is one', () => {
  const us = circumstances(someone(0, 0, both));
  expect(suspectSecurityModule(us, app)).toBeUndefined();
  expect(suspectSecurityModule({ ...us, securityLabel: 'unconfined' }, app)).toBeUndefined();
  const confined = { ...us, securityLabel: 'docker-default (enforce)' };
  expect(suspectSecurityModule(confined, { ...app, securityLabel: 'unconfined' })?.reason).toContain(
    'runs under "docker-default (enforce)", the process under "unconfined"',
  );
});
