import { version } from '../../config/version.ts';
import type { CapabilityName } from '../../linux/capabilities.ts';
import { jsonLine } from '../json-line.ts';
import { printable } from '../printable-text.ts';
import type { Check } from './doctor-checks.ts';
import { type Circumstances, stateOf } from './doctor-circumstances.ts';
import { type Examination, isReadable } from './doctor-examination.ts';

/** What one run of `heapwatch doctor` found. */
export interface DoctorFindings {
  readonly circumstances: Circumstances;
  readonly examinations: readonly Examination[];
  /** Recognised processes beyond the bound. */
  readonly unexamined: number;
  /** True when one process was asked for by its pid. */
  readonly named: boolean;
}

/** Processes of either kind, readable or not, that the text shows; the JSON has all. */
const mostShown = 50;
const shownCapabilities: readonly CapabilityName[] = [
  ...(['SYS_PTRACE', 'DAC_READ_SEARCH', 'DAC_OVERRIDE', 'SYS_ADMIN', 'CHECKPOINT_RESTORE'] as const),
];

/** One JSON line: the contract for scripts. */
export function doctorJson({ circumstances, examinations, unexamined }: DoctorFindings): string {
  const { credentials, hiding, ptraceScope, securityLabel, selinuxEnforcing } = circumstances;
  return jsonLine({
    version,
    ok: unexamined === 0 && examinations.every(isReadable),
    uid: credentials.fileUid,
    gid: credentials.fileGid,
    capabilities: Object.fromEntries(shownCapabilities.map((name) => [name, stateOf(credentials, name)])),
    no_new_privileges: credentials.noNewPrivileges,
    seccomp: credentials.seccomp,
    initial_user_namespace: circumstances.initialUserNamespace,
    whole_machine: circumstances.wholeMachine,
    hidepid: hiding?.hidepid,
    yama_ptrace_scope: ptraceScope,
    security_label: securityLabel,
    selinux_enforcing: selinuxEnforcing,
    processes: examinations.map((one) => ({
      pid: one.pid,
      inner_pid: one.innerPid,
      name: one.name || undefined,
      runtime: one.detection?.runtime,
      version: one.detection?.version,
      ok: isReadable(one),
      failure: one.failure,
      checks: Object.fromEntries(one.checks.map(({ name, state, detail }) => [name, { state, detail }])),
      hindrances: one.hindrances,
    })),
    unexamined,
  });
}

/** For people: our circumstances, the processes that cannot be read with reason and advice, and those that can. */
export function doctorText(findings: DoctorFindings): string {
  const { examinations, unexamined, circumstances } = findings;
  const readable = examinations.filter(isReadable);
  const unreadable = examinations.filter((one) => !isReadable(one));
  return [
    `heapwatch ${version}: what it can read here\n\n`,
    circumstancesText(circumstances),
    '\n',
    listed(readable),
    listed(unreadable),
    summary(findings, readable.length, unreadable.length),
    unexamined > 0 ? `${unexamined} more were recognised and not looked at: name one by its pid.\n` : '',
    hiddenProcesses(findings),
  ].join('');
}

function circumstancesText(us: Circumstances): string {
  const { credentials } = us;
  const capabilities = shownCapabilities.filter((name) => stateOf(credentials, name) === 'effective');
  const bounded = shownCapabilities.filter((name) => stateOf(credentials, name) === 'bounding only');
  const without = bounded.length === 0 ? '' : `; in the bounding set only, without effect: ${bounded.join(', ')}`;
  const yama = ['0: no further rule', '1: memory takes SYS_PTRACE', '2: memory takes SYS_PTRACE', '3: nobody may'];
  const selinux =
    us.selinuxEnforcing === undefined ? '' : `, SELinux ${us.selinuxEnforcing ? 'enforcing' : 'permissive'}`;
  const { hidepid = 'unknown', exemptGroup } = us.hiding ?? {};
  const rows = [
    ['runs as', `user ${credentials.fileUid}, group ${credentials.fileGid}`],
    ['capabilities', `${capabilities.join(', ') || 'none that matters'}${without}`],
    ['user namespace', us.initialUserNamespace ? "the machine's" : 'its own: capabilities reach only what is in it'],
    ['sees', us.wholeMachine ? 'all processes of the machine' : 'only the processes of its own pid namespace'],
    ['hidepid of /proc', exemptGroup === undefined ? hidepid : `${hidepid}, except for group ${exemptGroup}`],
    ['Yama', us.ptraceScope === undefined ? 'none' : `ptrace_scope ${yama[us.ptraceScope]}`],
    ['security module', `${us.securityLabel ?? 'none'}${selinux}`],
    ['seccomp', `${credentials.seccomp ? 'a filter is active, which does not hinder reading /proc' : 'off'}`],
  ] as const;
  return rows.map(([what, is]) => `  ${what.padEnd(18)}${printable(is)}\n`).join('');
}

function listed(examinations: readonly Examination[]): string {
  const more = examinations.length - mostShown;
  const rest = more > 0 ? `and ${more} more that ${isReadable(examinations[0]!) ? 'can' : 'cannot'} be read\n` : '';
  return `${examinations.slice(0, mostShown).map(examinationText).join('')}${rest}`;
}

function examinationText(one: Examination): string {
  const { pid, name, innerPid, detection, failure, hindrances } = one;
  if (failure !== undefined) return `pid ${pid}: ${printable(failure.message)}\n`;
  const runtime = detection === undefined ? 'runtime unknown' : `${detection.runtime} ${detection.version}`;
  const inner = innerPid === undefined ? '' : `, pid ${innerPid} in its own pid namespace`;
  const reasons = hindrances.flatMap(({ reason, advice }) => [
    ['why', reason],
    ['do', advice],
  ]);
  // What hindrances explain needs no words of its own.
  const explained = (check: Check) => check.state === 'denied' && hindrances.length > 0;
  const rows = [...checkRows(one.checks, explained), ...reasons];
  const lines = rows.map(([what = '', is = '']) => `  ${what.padEnd(12)}${printable(is)}\n`);
  return `pid ${pid}  ${runtime}  ${printable(name)}${inner}\n${lines.join('')}`;
}

/** One row for each state; those that failed for a reason of their own have one each. */
function checkRows(checks: readonly Check[], explained: (check: Check) => boolean): string[][] {
  const plain = checks.filter((check) => check.state === 'ok').map(({ name, detail }) => `${name} (${detail})`);
  const denied = checks.filter(explained).map(({ name }) => name);
  const others = checks.filter((check) => check.state !== 'ok' && !explained(check));
  return [
    ...(plain.length > 0 ? [['ok', plain.join(', ')]] : []),
    ...(denied.length > 0 ? [['denied', denied.join(', ')]] : []),
    ...others.map(({ name, state, detail }) => [state, `${name}: ${detail}`]),
  ];
}

function summary({ named }: DoctorFindings, readable: number, unreadable: number): string {
  if (named) return '';
  if (readable + unreadable === 0) return 'No process of a runtime that heapwatch reads was found.\n';
  return `${readable + unreadable} recognised: ${readable} can be read, ${unreadable} cannot.\n`;
}

/** What may be missing from the list, and how it would be seen. */
function hiddenProcesses({ circumstances, examinations, named }: DoctorFindings): string {
  if (named && examinations.every(({ failure }) => failure?.kind !== 'gone')) return '';
  const { hiding, wholeMachine } = circumstances;
  const namespace =
    'Processes of other containers are not seen from here: on a node use hostPID (Docker: --pid=host), ' +
    'beside one container shareProcessNamespace (Docker: --pid=container:<name>).\n';
  const hidden =
    `/proc is mounted with hidepid=${hiding?.hidepid}: processes of other users may not be seen. ` +
    'Run heapwatch as root with SYS_PTRACE, or in the group that the mount option gid names.\n';
  return `${wholeMachine ? '' : namespace}${(hiding?.hidepid ?? 'off') === 'off' ? '' : hidden}`;
}
