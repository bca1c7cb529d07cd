import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { Lines } from '../real/lines.ts';
import { testNeeding } from '../real/needs.ts';
import { until } from '../real/until.ts';
import { needs } from './chart-tool.ts';
import { chartCapabilities, rootWith } from './reader-rights.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const python = '/usr/bin/python3'; // other users may run this one

/** Starts a command under other rights; it ends with the test. */
function startWith(rights: readonly string[], command: readonly string[]) {
  const child = spawn('setpriv', [...rights, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { pid: child.pid ?? Number.NaN, lines: new Lines(child.stdout), log: new Lines(child.stderr) };
}

/** Of a name of its own: whatever else runs on the machine takes no time from the census of this one. */
function copyOfPython(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-rights-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o755);
  const copy = join(folder, 'python-rights');
  copyFileSync(python, copy);
  return copy;
}

/** Whether a heapwatch of these rights counts the objects of a process of another user. */
async function canRead(capabilities: readonly string[]): Promise<boolean> {
  const script = 'import sys, time; print("ready", flush=True); time.sleep(600)';
  const ids = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const nobody = startWith(ids, [copyOfPython(), '-c', script]);
  await nobody.lines.next((line) => line === 'ready', 20_000, 'the program');
  const include = '--discovery.include=name=python-rights';
  const flags = ['--web.listen-address=127.0.0.1:0', '--discovery.min-age=0s', '--log.level=warn', include];
  const { lines, log } = startWith(rootWith(capabilities), [process.execPath, cli, 'serve', ...flags]);
  const address = await lines.next((line) => line.includes('http://'), 20_000, 'the address');
  const url = /http:\/\/[\d.]+:\d+/.exec(address)?.[0];
  const outcome = await until('the outcome', 60_000, async () => {
    if (log.seen.some((line) => line.includes(` pid=${nobody.pid} `) && line.includes('kind=denied'))) return 'denied';
    const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
    const about = (line: string) => line.startsWith('heapwatch_objects{') && line.includes(`pid="${nobody.pid}"`);
    return text.split('\n').some(about) ? 'read' : undefined;
  });
  return outcome === 'read';
}

const testAsRoot = testNeeding(
  `root, setpriv, ${python} or ${needs.helm[0]}`,
  process.getuid?.() === 0 && existsSync('/usr/bin/setpriv') && existsSync(python) && needs.helm[1],
);

testAsRoot("the chart's capabilities are enough to read another user's process", async () => {
  expect(await canRead(chartCapabilities())).toBe(true);
});

testAsRoot('without any one of them it is refused', async () => {
  for (const one of chartCapabilities()) {
    expect([one, await canRead(chartCapabilities().filter((other) => other !== one))]).toEqual([one, false]);
  }
});
