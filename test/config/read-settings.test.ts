import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSettings } from '../../src/config/read-settings.ts';
import { settingTable } from '../../src/config/settings.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'heapwatch-config-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function configFile(text: string): string {
  const path = join(folder(), 'heapwatch.yaml');
  writeFileSync(path, text);
  return path;
}

function mistakesOf(argv: readonly string[], environment: Record<string, string> = {}): readonly string[] {
  const parsed = readSettings(settingTable, argv, environment);
  return parsed.ok ? [] : parsed.mistakes;
}

test('without any source every setting has its default, typed', () => {
  expect(readSettings(settingTable, [], {})).toEqual({
    ok: true,
    values: {
      configFile: undefined,
      listenAddress: { port: 10148 },
      telemetryPath: '/metrics',
      webApi: 'auto',
      procfsPath: '/proc',
      rootfsPath: '/',
      kubeletInsecureTls: false,
      logLevel: 'info',
      logFormat: 'logfmt',
      include: [],
      exclude: [],
      minAgeSeconds: 10,
      maxTargets: 256,
      censusEnabled: true,
      censusBudget: 0.05,
      censusTypes: 50,
      compat: [],
      logWatch: false,
      maxSeries: 20_000,
      storagePath: undefined,
      jvmAttach: 'off',
      evidenceJvm: 'off',
    },
  });
});

test('a flag wins over the environment, the environment over the file, the file over the default', () => {
  const file = configFile('log: {level: error, format: json}\ncensus: {types: 9}\ndiscovery.max-targets: 3\n');
  const environment = {
    HEAPWATCH_CONFIG_FILE: file,
    HEAPWATCH_LOG_LEVEL: 'warn',
    HEAPWATCH_CENSUS_TYPES: '7',
    HEAPWATCH_LOG_FORMAT: '',
  };
  expect(readSettings(settingTable, ['--log.level', 'debug'], environment)).toMatchObject({
    ok: true,
    values: { logLevel: 'debug', censusTypes: 7, logFormat: 'json', maxTargets: 3, minAgeSeconds: 10 },
  });
});

test('a list of a stronger source replaces that of a weaker one, also by nothing', () => {
  const file = configFile('discovery: {include: ["name=a", "name=b"], exclude: ["name=c"]}\n');
  const environment = { HEAPWATCH_CONFIG_FILE: file, HEAPWATCH_DISCOVERY_INCLUDE: ' service=x , cgroup=/y/*,' };
  expect(readSettings(settingTable, ['--discovery.exclude=name=d'], environment)).toMatchObject({
    ok: true,
    values: {
      include: [
        { field: 'service', glob: 'x' },
        { field: 'cgroup', glob: '/y/*' },
      ],
      exclude: [{ field: 'name', glob: 'd' }],
    },
  });
});

test('every mistake of flags, environment and file is told at once, each with its place', () => {
  const file = configFile(`# ours
web:
  listen-adress: ":80"
log.level: loud
census: {types: many}
discovery:
  include: [python]
colour: red
`);
  const argv = [`--config.file=${file}`, '--discovery.min-age=old', '--what', '--log.level=quiet'];
  const environment = {
    HEAPWATCH_CENSUS_CPU_BUDGET: 'all',
    HEAPWATCH_CENSUS_CPU_BUGDET: '1',
    HEAPWATCH_DISCOVERY_EXCLUDE: 'name=a,b',
  };
  const pattern = 'must be a pattern such as service=shop-*, of name, service, cgroup, container, namespace';
  expect(mistakesOf(argv, environment)).toEqual([
    '"--what" is not a flag of this command',
    'HEAPWATCH_CENSUS_CPU_BUGDET is not a variable that is read: did you mean HEAPWATCH_CENSUS_CPU_BUDGET?',
    'heapwatch.yaml:3: "web.listen-adress" is not a setting: did you mean "web.listen-address"?',
    'heapwatch.yaml:8: "colour" is not a setting',
    '--log.level must be one of debug, info, warn, error, not "quiet"',
    'heapwatch.yaml:4: log.level must be one of debug, info, warn, error, not "loud"',
    `heapwatch.yaml:7: discovery.include ${pattern}, not "python"`,
    `HEAPWATCH_DISCOVERY_EXCLUDE ${pattern}, not "b"`,
    '--discovery.min-age must be a duration such as 10s or 1h30m, not "old"',
    'HEAPWATCH_CENSUS_CPU_BUDGET must be a number from 0.001 to 1, such as 0.05, not "all"',
    'heapwatch.yaml:5: census.types must be a whole number from 1 to 1000, not "many"',
  ]);
});

test('what Kubernetes sets for a Service of our name, and what is far from any setting, is no mistake', () => {
  const names = [
    'HEAPWATCH_PORT',
    'HEAPWATCH_SERVICE_HOST',
    'HEAPWATCH_WEB_PORT_80_TCP_ADDR',
    'HEAPWATCH',
    'HEAPWATCH_X',
  ];
  expect(mistakesOf([], Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
});

test('a file that is not there, a folder and a huge file are mistakes of who named them', () => {
  const path = folder();
  mkdirSync(join(path, 'folder'));
  writeFileSync(join(path, 'huge'), 'a'.repeat(64 * 1024 + 1));
  expect(mistakesOf(['--config.file', join(path, 'none')])).toEqual([`--config.file: "${path}/none" is not there`]);
  expect(mistakesOf([], { HEAPWATCH_CONFIG_FILE: join(path, 'folder') })).toEqual([
    `HEAPWATCH_CONFIG_FILE: "${path}/folder" is a folder, not a file`,
  ]);
  expect(mistakesOf(['--config.file', join(path, 'huge')])).toEqual([
    `--config.file: "${path}/huge" is larger than 65536 bytes: it holds more than settings`,
  ]);
});

test('a file without an end is read no further than its bound', () => {
  expect(mistakesOf(['--config.file=/dev/zero'])).toEqual([
    '--config.file: "/dev/zero" is larger than 65536 bytes: it holds more than settings',
  ]);
});

test('a file that comes through a pipe is read to its end', () => {
  const path = join(folder(), 'pipe');
  execFileSync('mkfifo', [path]);
  spawn('sh', ['-c', `(printf 'log.level: '; printf 'warn\\n') > '${path}'`], { stdio: 'ignore' });
  expect(readSettings(settingTable, ['--config.file', path], {})).toMatchObject({ values: { logLevel: 'warn' } });
});
