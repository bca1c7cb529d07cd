import type { ClientAuthType } from '../config/web-config/web-config.ts';
import type { Snapshot, TargetSnapshot } from '../model/snapshot.ts';
import { printable } from './printable-text.ts';

/** Enough to see what was found; /metrics and the page list the rest. */
const mostLines = 20;

/** What the first discovery found and what could not be read and why, for the terminal. */
export function startupReport({ targets, skipped, discoveryFailure }: Snapshot): string {
  if (discoveryFailure !== undefined) {
    return `Cannot look for processes, and tries again: ${printable(discoveryFailure.message)}\n`;
  }
  const readable = targets.filter((target) => target.up);
  const unreadable = targets.filter((target) => !target.up);
  const denied =
    `Denied (${skipped.denied}): run heapwatch with the same user and group as the processes, ` +
    'or as root with the capabilities SYS_PTRACE and DAC_READ_SEARCH.\n';
  const otherSkips = Object.entries(skipped).filter(([reason, count]) => reason !== 'denied' && count > 0);
  const later = otherSkips.map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`).join(', ');
  return [
    readable.length === 0 ? 'Found no process to read yet; it will be watched when it starts.\n' : '',
    list(`Watching (${readable.length}):`, readable, () => ''),
    list(`Found, but cannot be read (${unreadable.length}):`, unreadable, (target) => `: ${target.failure?.message}`),
    skipped.denied > 0 ? denied : '',
    later === '' ? '' : `Not watched: ${later}.\n`,
  ].join('');
}

/** What a user loses with every restart. */
export function storageRemark(storagePath: string | undefined): string {
  return storagePath === undefined
    ? 'Verdicts start again when heapwatch is restarted: --storage.path=<folder> keeps what they rest on.\n'
    : '';
}

/** What Prometheus needs to be let in. */
export interface Admission {
  /** With TLS, what is asked of its certificate. */
  readonly tls?: ClientAuthType | undefined;
  readonly password?: boolean;
}

/** The lines for prometheus.yml; `host` is where Prometheus on this machine finds us. */
export function scrapeConfig(host: string, telemetryPath: string, { tls, password }: Admission = {}): string {
  const lines = [
    ...(telemetryPath === '/metrics' ? [] : [`metrics_path: ${telemetryPath}`]),
    ...(tls === undefined
      ? []
      : [
          'scheme: https',
          `tls_config: {ca_file: ca.crt${tls === 'NoClientCert' ? '' : ', cert_file: client.crt, key_file: client.key'}}`,
        ]),
    ...(password ? ['basic_auth: {username: ..., password_file: ...}'] : []),
  ];
  return `\
Paste into prometheus.yml (with this machine's name when Prometheus runs elsewhere):

scrape_configs:
  - job_name: heapwatch
${lines.map((line) => `    ${line}\n`).join('')}    static_configs:
      - targets: ['${host}']
`;
}

function list(heading: string, targets: readonly TargetSnapshot[], remark: (target: TargetSnapshot) => string): string {
  if (targets.length === 0) return '';
  const lines = targets.slice(0, mostLines).map((snapshot) => {
    const { process, runtime, version, serviceName } = snapshot.target;
    return `  pid ${process.pid}  ${runtime} ${version}  ${printable(`${serviceName}${remark(snapshot)}`)}\n`;
  });
  const more = targets.length > mostLines ? `  and ${targets.length - mostLines} more\n` : '';
  return `${heading}\n${lines.join('')}${more}`;
}
