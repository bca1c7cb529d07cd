import { expect, test } from 'vitest';
import type { Circumstances } from '../../../src/commands/doctor/doctor-circumstances.ts';
import type { Examination } from '../../../src/commands/doctor/doctor-examination.ts';
import { type DoctorFindings, doctorJson, doctorText } from '../../../src/commands/doctor/doctor-report.ts';

const circumstances: Circumstances = {
  credentials: {
    uids: [5, 5, 5],
    gids: [6, 6, 6],
    fileUid: 5,
    fileGid: 6,
    capabilities: { effective: 0n, permitted: 0n, bounding: 1n << 19n },
    noNewPrivileges: true,
    seccomp: true,
  },
  initialUserNamespace: true,
  wholeMachine: true,
  hiding: { hidepid: 'off' },
  ptraceScope: 1,
};
const detection = { runtime: 'cpython', version: '3.11.7' } as const;
const fine: Examination = {
  pid: 7,
  name: 'python3.11',
  detection,
  innerPid: 1,
  checks: [
    { name: 'rss', state: 'ok', detail: '10.0 MiB resident' },
    { name: 'cgroup', state: 'absent', detail: 'none' },
  ],
  hindrances: [],
};
const denied: Examination = {
  pid: 8,
  name: 'python3',
  checks: [
    { name: 'rss', state: 'ok', detail: '10.0 MiB resident' },
    { name: 'maps', state: 'denied', detail: 'EACCES' },
    { name: 'census', state: 'denied', detail: 'EACCES' },
  ],
  hindrances: [{ reason: 'it runs as user 1', advice: 'become user 1' }],
};
const findings = (examinations: Examination[], rest: Partial<DoctorFindings> = {}): DoctorFindings => ({
  circumstances,
  examinations,
  unexamined: 0,
  named: false,
  ...rest,
});

test('the text names our circumstances and each process, the unreadable ones last with reason and advice', () => {
  const text = doctorText(findings([denied, fine]));
  expect(text).toContain(`
  runs as           user 5, group 6
  capabilities      none that matters; in the bounding set only, without effect: SYS_PTRACE
  user namespace    the machine's
  sees              all processes of the machine
  hidepid of /proc  off
  Yama              ptrace_scope 1: memory takes SYS_PTRACE
  security module   none
  seccomp           a filter is active, which does not hinder reading /proc

pid 7  cpython 3.11.7  python3.11, pid 1 in its own pid namespace
  ok          rss (10.0 MiB resident)
  absent      cgroup: none
pid 8  runtime unknown  python3
  ok          rss (10.0 MiB resident)
  denied      maps, census
  why         it runs as user 1
  do          become user 1
2 recognised: 1 can be read, 1 cannot.
`);
});

test('a denial that nothing explains keeps its own words', () => {
  const text = doctorText(findings([{ ...denied, hindrances: [] }]));
  expect(text).toContain('  denied      maps: EACCES\n  denied      census: EACCES\n');
});

test('ten thousand processes make a short text and a full document', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({ ...(index % 2 ? fine : denied), pid: index + 1 }));
  const text = doctorText(findings(many));
  expect(text.split('\n').length).toBeLessThan(500);
  expect(text).toContain('and 4950 more that can be read\n');
  expect(text).toContain('and 4950 more that cannot be read\n');
  expect(JSON.parse(doctorJson(findings(many))).processes).toHaveLength(10_000);
});

test('the document is ok only when everything can be read and nothing was left out', () => {
  const okOf = (some: DoctorFindings) => JSON.parse(doctorJson(some)).ok;
  expect(okOf(findings([fine]))).toBe(true);
  expect(okOf(findings([fine, denied]))).toBe(false);
  expect(okOf(findings([fine], { unexamined: 1 }))).toBe(false);
});

test('names and messages cannot steer the terminal, in text and in JSON', () => {
  const hostile: Examination = { ...fine, name: 'py\u001b[2Jthon\u202e\n' };
  const gone: Examination = { ...denied, failure: { kind: 'unsupported', message: 'a\u009b31m' }, checks: [] };
  for (const output of [doctorText(findings([hostile, gone])), doctorJson(findings([hostile, gone]))]) {
    expect(output).toMatch(/^[\x20-\x7e\n]*$/);
  }
});

test('a pid that is not seen may be in another pid namespace, or hidden', () => {
  const gone: Examination = {
    pid: 9,
    name: '',
    failure: { kind: 'gone', message: 'gone' },
    checks: [],
    hindrances: [],
  };
  const inContainer = { ...circumstances, wholeMachine: false, hiding: { hidepid: 'invisible' } as const };
  const text = doctorText(findings([gone], { named: true, circumstances: inContainer }));
  expect(text).toMatch(/shareProcessNamespace/);
  expect(text).toMatch(/hidepid=invisible/);
  expect(doctorText(findings([gone], { named: true }))).not.toMatch(/shareProcessNamespace|hidepid=/);
});
