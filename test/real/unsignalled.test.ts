import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { startServer } from './heapwatch.ts';
import { startJava } from './java-program.ts';
import { jdks } from './jdks.ts';
import { Lines } from './lines.ts';
import { testNeeding } from './needs.ts';
import { oddNode } from './nodes.ts';
import { until } from './until.ts';

const strace = ['/usr/bin/strace', '/usr/local/bin/strace'].find((path) => existsSync(path));
const cms = jdks.find(({ release }) => release === 11);
const tools = 'strace, Java 11 and Node.js 25 (.ci)';

testNeeding(tools, strace !== undefined && cms !== undefined && existsSync(oddNode))(
  'at its defaults heapwatch signals and traces nobody, also not those whose heaps it cannot read',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heapwatch-strace-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const java = await startJava(cms!, ['-XX:+UseConcMarkSweepGC', '-Xmx64m'], 'JvmCensus', '100');
    const node = spawn(oddNode, ['-e', 'console.log("ready"); setInterval(() => {}, 1000)'], { stdio: 'pipe' });
    onTestFinished(() => void node.kill('SIGKILL'));
    await new Lines(node.stdout).next((line) => line === 'ready', 30_000, 'the program');

    const server = await startServer(['--discovery.min-age=0s']);
    const trace = join(folder, 'trace');
    const calls = 'trace=kill,tkill,tgkill,pidfd_send_signal,rt_sigqueueinfo,ptrace,process_vm_writev';
    const tracer = spawn(strace!, ['-f', '-e', calls, '-e', 'signal=none', '-o', trace, '-p', String(server.pid)], {
      stdio: 'ignore',
    });
    const traced = new Promise((resolve) => tracer.once('exit', resolve));
    const status = () => readFileSync(`/proc/${server.pid}/status`, 'utf8');
    await until('strace to look', 20_000, () => status().includes(`TracerPid:\t${tracer.pid}`));
    await until('censuses to be refused', 30_000, async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      const refused = (pid: number) =>
        new RegExp(`^heapwatch_target_up\\{[^}]*pid="${pid}"[^}]*\\}`, 'm').test(text) &&
        text.includes('result="refused"');
      return refused(java.pid) && refused(node.pid!);
    });
    expect(await server.stop()).toBe(0);
    await traced;
    const others = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => !/\+\+\+|^$/.test(line));
    expect(others.filter((line) => !line.includes(`tgkill(${server.pid},`))).toEqual([]);
    expect([java.pid, node.pid!].map((pid) => existsSync(`/tmp/.attach_pid${pid}`))).toEqual([false, false]);
  },
);
