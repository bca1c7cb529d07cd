import type { SettingTable, SettingValues } from './setting.ts';
import { boolean, choice, duration, integer, listenAddress, routePath, text } from './value-types.ts';

/** The one table of serve's settings: flags, environment, help and README all come from it. */
export const settingTable = {
  listenAddress: {
    flag: 'web.listen-address',
    type: listenAddress,
    default: ':10148',
    help: 'Address to listen on; without a host on every interface, port 0 takes a free one',
  },
  telemetryPath: {
    flag: 'web.telemetry-path',
    type: routePath,
    default: '/metrics',
    help: 'Path under which the metrics are served',
  },
  procfsPath: {
    flag: 'path.procfs',
    type: text('path'),
    default: '/proc',
    help: 'Where procfs is mounted',
  },
  logLevel: {
    flag: 'log.level',
    type: choice(['debug', 'info', 'warn', 'error']),
    default: 'info',
    help: 'The least severe messages that are logged',
  },
  logFormat: {
    flag: 'log.format',
    type: choice(['logfmt', 'json']),
    default: 'logfmt',
    help: 'How log lines are written',
  },
  minAgeSeconds: {
    flag: 'discovery.min-age',
    type: duration(0, 86_400),
    default: '10s',
    help: 'Processes younger than this are not watched yet',
  },
  maxTargets: {
    flag: 'discovery.max-targets',
    type: integer(1, 10_000),
    default: '256',
    help: 'At most this many processes are watched',
  },
  censusEnabled: {
    flag: 'census.enabled',
    type: boolean,
    default: 'true',
    help: 'Count objects per type',
  },
  censusTypes: {
    flag: 'census.types',
    type: integer(1, 1000),
    default: '50',
    help: 'At most this many types of a process are exported by name, the rest as one sum, (other)',
  },
} satisfies SettingTable;

export type Settings = SettingValues<typeof settingTable>;
