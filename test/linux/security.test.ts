import { expect, test } from 'vitest';
import { showsWholeMachine } from '../../src/linux/namespaces.ts';
import { parseProcessHiding, readSecurityLabel } from '../../src/linux/security.ts';
import { readPtraceScope } from '../../src/linux/yama.ts';
import { recordTree, statText } from './recorded-tree.ts';

const mount = (options: string, point = '/proc', type = 'proc') =>
  `22 27 0:21 / ${point} rw,relatime shared:5 - ${type} proc ${options}\n`;

test.each([
  ['rw', { hidepid: 'off' }],
  ['rw,hidepid=1', { hidepid: 'noaccess' }],
  ['rw,hidepid=2,gid=27', { hidepid: 'invisible', exemptGroup: 27 }],
  ['rw,gid=27,hidepid=invisible', { hidepid: 'invisible', exemptGroup: 27 }],
  [`rw,hidepid=1,gid=${'9'.repeat(400)}`, { hidepid: 'noaccess' }],
  ['rw,hidepid=ptraceable', { hidepid: 'ptraceable' }],
])('a procfs mounted with %s', (options, expected) => {
  expect(parseProcessHiding(mount(options), '/proc')).toEqual(expected);
});

test('the last procfs mounted at the place counts, other places and types do not', () => {
  const text = mount('hidepid=1') + mount('hidepid=2') + mount('rw', '/host/proc') + mount('rw', '/proc', 'tmpfs');
  expect(parseProcessHiding(text, '/proc')).toEqual({ hidepid: 'invisible' });
  expect(parseProcessHiding(text, '/host/proc')).toEqual({ hidepid: 'off' });
  expect(parseProcessHiding(text, '/elsewhere')).toBeUndefined();
});

test('labels of AppArmor and SELinux lose their ends; without a module there is none', () => {
  const { path } = recordTree({
    'self/attr/current': 'docker-default (enforce)\n',
    '7/attr/current': 'system_u:system_r:container_t:s0:c1,c2\0',
    '8/attr/current': '',
  });
  expect(readSecurityLabel(path, 'self')).toBe('docker-default (enforce)');
  expect(readSecurityLabel(path, 7)).toBe('system_u:system_r:container_t:s0:c1,c2');
  expect(readSecurityLabel(path, 8)).toBeUndefined();
  expect(readSecurityLabel(path, 9)).toBeUndefined();
});

test("Yama's scope is a number from 0 to 3, absent without Yama, anything else is refused", () => {
  const tree = recordTree({ 'sys/kernel/yama/ptrace_scope': '2\n' });
  expect(readPtraceScope(tree.path)).toBe(2);
  tree.write({ 'sys/kernel/yama/ptrace_scope': '4\n' });
  expect(() => readPtraceScope(tree.path)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
  tree.write({ 'sys/kernel/yama/ptrace_scope': undefined });
  expect(readPtraceScope(tree.path)).toBeUndefined();
});

test("a procfs with kthreadd shows the whole machine, a container's does not", () => {
  const self = { 'self/ns/pid': { link: 'pid:[4026532501]' } };
  const thread = { '2/stat': statText({ pid: 2, comm: 'kthreadd', flags: 2129984, startTicks: 24 }) };
  const program = { '2/stat': statText({ pid: 2, comm: 'kthreadd', startTicks: 24 }) };
  expect(showsWholeMachine(recordTree({ ...self, ...thread }).path)).toBe(true);
  expect(showsWholeMachine(recordTree({ ...self, ...program }).path)).toBe(false);
  expect(showsWholeMachine(recordTree(self).path)).toBe(false);
  expect(showsWholeMachine(recordTree({ 'self/ns/pid': { link: 'pid:[4026531836]' } }).path), 'hidden').toBe(true);
});
