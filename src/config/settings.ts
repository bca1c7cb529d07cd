import { evidenceSettings, optInSettings } from './opt-in-settings.ts';
import type { SettingTable, SettingValues } from './setting.ts';
import {
  boolean,
  choice,
  duration,
  httpAddress,
  integer,
  listenAddress,
  processPattern,
  routePath,
  share,
  text,
} from './value-types.ts';

/** The one table of serve's settings: flags, environment, file, help and README all come from it. */
export const settingTable = {
  configFile: {
    flag: 'config.file',
    type: text('path'),
    help: 'YAML file with more of these settings',
  },
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
  webConfigFile: {
    flag: 'web.config.file',
    type: text('path'),
    help: 'TLS and passwords, in the format of Prometheus exporters (exporter-toolkit)',
  },
  webApi: {
    flag: 'web.api',
    type: choice(['auto', 'on', 'off']),
    default: 'auto',
    help: 'Who may see the page and the API: the machine itself, or whoever has a password (auto), everybody (on), nobody (off)',
  },
  procfsPath: {
    flag: 'path.procfs',
    type: text('path'),
    default: '/proc',
    help: 'Where procfs is mounted',
  },
  rootfsPath: {
    flag: 'path.rootfs',
    type: text('path'),
    default: '/',
    help: "Where the node's root is seen, for the names of pods: var/log/containers and what its engine wrote below run",
  },
  kubernetesNamespace: {
    flag: 'kubernetes.namespace',
    type: text('name'),
    help: "A sidecar's namespace, from the downward API; with the pod it is a label of all that it watches",
  },
  kubernetesPod: {
    flag: 'kubernetes.pod',
    type: text('name'),
    help: "A sidecar's pod, from the downward API",
  },
  kubernetesContainer: {
    flag: 'kubernetes.container',
    type: text('name'),
    help: 'The container that a sidecar watches, where there is only one',
  },
  kubelet: {
    flag: 'kubernetes.kubelet',
    type: httpAddress,
    help: 'Kubelet that is asked for the names of pods that no file tells, such as https://10.0.0.7:10250; none unless set',
  },
  kubeletInsecureTls: {
    flag: 'kubernetes.kubelet-insecure-tls',
    type: boolean,
    default: 'false',
    help: "Do not check the kubelet's certificate, where it signed that itself",
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
  include: {
    flag: 'discovery.include',
    type: processPattern,
    list: true,
    help: 'Only processes that one of these patterns fits are watched; repeatable',
  },
  exclude: {
    flag: 'discovery.exclude',
    type: processPattern,
    list: true,
    help: 'Processes that one of these patterns fits are not watched; repeatable',
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
  censusBudget: {
    flag: 'census.cpu-budget',
    type: share(0.001, 1),
    default: '0.05',
    help: 'Share of one core that all censuses together may use',
  },
  censusTypes: {
    flag: 'census.types',
    type: integer(1, 1000),
    default: '50',
    help: 'At most this many types of a process are exported by name, the rest as one sum, (other)',
  },
  maxSeries: {
    flag: 'metrics.max-series',
    type: integer(1000, 1_000_000),
    default: '20000',
    help: 'Above this many series fewer types are exported by name, and the rest is counted as dropped',
  },
  compat: {
    flag: 'metrics.compat',
    type: choice(['prom-client', 'client_java', 'client_python']),
    list: true,
    help: 'Serve processes also by the names that a client library gives inside of them, at <telemetry-path>/compat; repeatable',
  },
  storagePath: {
    flag: 'storage.path',
    type: text('path'),
    help: 'Folder in which histories, verdicts and counters survive a restart; without one they begin anew',
  },
  recordPath: {
    flag: 'record.dir',
    type: text('path'),
    help: 'Folder for recordings of what verdicts depend on, for `heapwatch replay`; without one there are none',
  },
  logWatch: {
    flag: 'log.watch',
    type: boolean,
    default: 'false',
    help: 'Read what processes log, so that an incident keeps the errors of the minutes before',
  },
  jvmAttach: optInSettings.jvmAttach,
  evidenceJvm: evidenceSettings.evidenceJvm,
} satisfies SettingTable;

export type Settings = SettingValues<typeof settingTable>;
