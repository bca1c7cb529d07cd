import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSettings } from '../../src/config/read-settings.ts';
import { settingTable } from '../../src/config/settings.ts';
import { recordTree } from '../linux/recorded-tree.ts';
import { testNeeding } from '../real/needs.ts';

const read = (name: string) => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');
const unit = read('heapwatch.service');
const analyze = '/usr/bin/systemd-analyze';
const withSystemd = testNeeding('systemd-analyze', existsSync(analyze));

/** What systemd says to a unit with this machine's Node. */
function verify(text: string): { code: number | null; complaints: string } {
  const { path } = recordTree({ 'heapwatch.service': text.replace('/usr/bin/node', process.execPath) });
  const run = spawnSync(analyze, ['verify', '--man=no', join(path, 'heapwatch.service')], { encoding: 'utf8' });
  return { code: run.status, complaints: run.stderr };
}

withSystemd('systemd understands every line of the unit', () => {
  expect(verify(unit)).toEqual({ code: 0, complaints: '' });
  const wrong = verify(unit.replace('AmbientCapabilities=CAP_SYS_PTRACE', 'AmbientCapability=CAP_SYS_PTRACE'));
  expect(wrong.complaints).toContain("'AmbientCapability'");
});

withSystemd('the unit is exposed to little', () => {
  const { path } = recordTree({ 'heapwatch.service': unit });
  const args = ['security', '--offline=true', '--threshold=30', join(path, 'heapwatch.service')];
  const { status, stdout } = spawnSync(analyze, args, { encoding: 'utf8' });
  expect([status, /Overall exposure level.*/.exec(stdout)?.[0]]).toEqual([0, expect.stringContaining('OK')]);
});

test('every variable of the environment file is a setting, those that are commented out too', () => {
  const lines = read('heapwatch.env').split('\n');
  const variables = lines.flatMap((line) => /^#?(HEAPWATCH_\w+)=(.*)$/.exec(line)?.slice(1, 3) ?? []);
  expect(variables.length).toBeGreaterThan(4);
  const environment: Record<string, string> = {};
  for (let place = 0; place < variables.length; place += 2) environment[variables[place]!] = variables[place + 1]!;
  expect(readSettings(settingTable, [], environment)).toMatchObject({
    ok: true,
    values: { listenAddress: { host: '127.0.0.1', port: 10148 }, storagePath: '/var/lib/heapwatch', censusTypes: 50 },
  });
});

test('the state is kept in the folder that systemd makes for it', () => {
  expect(unit).toContain('\nStateDirectory=heapwatch\n');
  expect(read('heapwatch.env')).toContain('\nHEAPWATCH_STORAGE_PATH=/var/lib/heapwatch\n');
});
