import { readFileSync } from 'node:fs';
import { only, render } from './rendered-chart.ts';

/** A container's capabilities and no_new_privs for a process of uid 0, as arguments of setpriv. */
export function rootWith(capabilities: readonly string[]): string[] {
  return [bounding(capabilities), '--inh-caps=-all', '--no-new-privs'];
}

/** The same for another user: what a pod adds stays in the bounding set. */
export function userWith(uid: number, gid: number, capabilities: readonly string[] = []): string[] {
  return [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...rootWith(capabilities)];
}

/** As AmbientCapabilities= of systemd: another user who has them in effect. */
export function unitWith(uid: number, capabilities: readonly string[]): string[] {
  const added = named(capabilities);
  const ids = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  return [...ids, bounding(capabilities), `--inh-caps=-all${added}`, `--ambient-caps=-all${added}`, '--no-new-privs'];
}

/** What the chart's agent has. */
export function chartCapabilities(): string[] {
  return only(render(), 'DaemonSet').spec.template.spec.containers[0].securityContext.capabilities.add;
}

/** What deploy/debug/root.json gives to `kubectl debug`. */
export function debugCapabilities(): string[] {
  const custom = JSON.parse(readFileSync(new URL('../../deploy/debug/root.json', import.meta.url), 'utf8'));
  return custom.securityContext.capabilities.add;
}

/** What the systemd unit has. */
export function unitCapabilities(): string[] {
  const unit = readFileSync(new URL('../../deploy/heapwatch.service', import.meta.url), 'utf8');
  return (/^AmbientCapabilities=(.*)$/m.exec(unit)?.[1] ?? '').split(' ').map((name) => name.replace(/^CAP_/, ''));
}

function bounding(capabilities: readonly string[]): string {
  return `--bounding-set=-all${named(capabilities)}`;
}

function named(capabilities: readonly string[]): string {
  return capabilities.map((name) => `,+${name.toLowerCase()}`).join('');
}
