import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { Lines } from '../real/lines.ts';
import { testNeeding } from '../real/needs.ts';
import { until } from '../real/until.ts';
import { needs } from './chart-tool.ts';
import { only, render } from './rendered-chart.ts';

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

/** A container's capabilities and no_new_privs, for a process of uid 0. */
function rightsOf(capabilities: readonly string[]): string[] {
  const bounding = ['-all', ...capabilities.map((name) => `+${name.toLowerCase()}`)].join(',');
  return [`--bounding-set=${bounding}`, '--inh-caps=-all', '--no-new-privs'];
}

/** Whether a heapwatch of these rights counts the objects of a process of another user. */
async function canRead(capabilities: readonly string[]): Promise<boolean> {
  const script = 'import sys, time; print("ready", flush=True); time.sleep(600)';
  const nobody = startWith(['--reuid=65534', '--regid=65534', '--clear-groups'], [python, '-c', script]);
  await nobody.lines.next((line) => line === 'ready', 20_000, 'the program');
  const flags = ['--web.listen-address=127.0.0.1:0', '--discovery.min-age=0s', '--log.level=warn'];
  const { lines, log } = startWith(rightsOf(capabilities), [process.execPath, cli, 'serve', ...flags]);
  const address = await lines.next((line) => line.includes('http://'), 20_000, 'the address');
  const url = /http:\/\/[\d.]+:\d+/.exec(address)?.[0];
  const outcome = await until('the outcome', 30_000, async () => {
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

function chartCapabilities(): string[] {
  return only(render(), 'DaemonSet').spec.template.spec.containers[0].securityContext.capabilities.add;
}
