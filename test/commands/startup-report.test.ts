import { expect, test } from 'vitest';
import { scrapeConfig, startupReport, storageRemark } from '../../src/commands/startup-report.ts';
import type { Snapshot, TargetSnapshot } from '../../src/model/snapshot.ts';

const nothing = { denied: 0, excluded: 0, too_young: 0, over_bound: 0, opted_out: 0 };

function snapshot(targets: TargetSnapshot[], skipped: Partial<Snapshot['skipped']> = {}): Snapshot {
  return { takenAtSeconds: 1, targets, skipped: { ...nothing, ...skipped }, deaths: [], collectors: [] };
}

function target(pid: number, rest: Partial<TargetSnapshot> = {}): TargetSnapshot {
  return {
    target: {
      runtime: 'cpython',
      version: '3.11.7',
      process: { pid, startTicks: 1, procfsPath: '/proc' },
      startTimeSeconds: 1,
      serviceName: 'shop',
      command: 'python3',
    },
    up: true,
    exportedTypes: [],
    censusIntervalSeconds: 60,
    censusResults: { ok: 0, refused: 0, failed: 0, skipped_budget: 0, skipped_swap: 0 },
    ...rest,
  };
}

test('what is read and what is not are listed with the reason', () => {
  const broken = target(7, { up: false, failure: { kind: 'unsupported', message: 'CPython 3.6\u001b is too old' } });
  expect(startupReport(snapshot([target(5), broken], { denied: 3, too_young: 2 }))).toBe(`\
Watching (1):
  pid 5  cpython 3.11.7  shop
Found, but cannot be read (1):
  pid 7  cpython 3.11.7  shop: CPython 3.6\\u{1b} is too old
Denied (3): run heapwatch with the same user and group as the processes, or as root with the capabilities SYS_PTRACE and DAC_READ_SEARCH.
Not watched: 2 too young.
`);
});

test('an empty machine is said to be one', () => {
  expect(startupReport(snapshot([]))).toBe('Found no process to read yet; it will be watched when it starts.\n');
});

test('a look that failed found nothing out', () => {
  const discoveryFailure = { kind: 'unreadable', message: 'no procfs at /nonexistent: check --path.procfs' } as const;
  expect(startupReport({ ...snapshot([]), discoveryFailure })).toBe(
    'Cannot look for processes, and tries again: no procfs at /nonexistent: check --path.procfs\n',
  );
});

test('a long list is cut', () => {
  const report = startupReport(snapshot(Array.from({ length: 25 }, (_, index) => target(index + 1))));
  expect(report).toContain('Watching (25):');
  expect(report.match(/^ {2}pid /gm)).toHaveLength(20);
  expect(report).toContain('  and 5 more\n');
});

test('the lines for prometheus.yml name a path that is not the default', () => {
  expect(scrapeConfig('localhost:10148', '/metrics')).toContain("      - targets: ['localhost:10148']\n");
  expect(scrapeConfig('localhost:10148', '/metrics')).not.toContain('metrics_path');
  expect(scrapeConfig('[::1]:1', '/heaps')).toContain('    metrics_path: /heaps\n    static_configs:\n');
  expect(scrapeConfig('a:1', '/metrics', { tls: 'NoClientCert', password: true })).toContain(`
    scheme: https
    tls_config: {ca_file: ca.crt}
    basic_auth: {username: ..., password_file: ...}
`);
  expect(scrapeConfig('a:1', '/metrics', { tls: 'RequireAnyClientCert' })).toContain(
    'tls_config: {ca_file: ca.crt, cert_file: client.crt, key_file: client.key}\n    static',
  );
});

test('that verdicts start again is said where nothing keeps them', () => {
  expect(storageRemark(undefined)).toMatch(/^Verdicts start again .*--storage\.path/);
  expect(storageRemark('/var/lib/heapwatch')).toBe('');
});
