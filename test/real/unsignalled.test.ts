import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

for (const [name, optIns, expected] of [
  ['at its defaults heapwatch signals and traces nobody, also not those whose heaps it cannot read', [], () => []],
  [
    'after the opt-in it signals the JVM, once, and nobody else',
    ['--jvm.attach=on'],
    (pid: number) => [`kill(${pid}, SIGQUIT) = 0`],
  ],
] as const) {
  testNeeding(tools, strace !== undefined && cms !== undefined && existsSync(oddNode))(name, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heapwatch-strace-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    process.env.OTEL_SERVICE_NAME = 'unsignalled'; // the machine's other processes are not our business
    onTestFinished(() => void delete process.env.OTEL_SERVICE_NAME);
    const java = await startJava(cms!, ['-XX:+UseConcMarkSweepGC', '-Xmx64m'], 'JvmCensus', '100');
    const node = spawn(oddNode, ['-e', 'console.log("ready"); setInterval(() => {}, 1000)'], { stdio: 'pipe' });
    onTestFinished(() => void node.kill('SIGKILL'));
    await new Lines(node.stdout).next((line) => line === 'ready', 30_000, 'the program');

    const trace = join(folder, 'trace');
    const calls = 'trace=kill,tkill,tgkill,pidfd_send_signal,rt_sigqueueinfo,ptrace,process_vm_writev';
    const traced = join(folder, 'traced');
    // -D: what is traced stays our child.
    writeFileSync(traced, `#!/bin/sh\nexec strace -D -f -e ${calls} -e signal=none -o '${trace}' "$@"\n`, {
      mode: 0o755,
    });
    const server = await startServer(
      ['--discovery.min-age=0s', '--discovery.include=service=unsignalled', ...optIns],
      {},
      traced,
    );
    await until('both to have been asked for a census', 30_000, async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      const isDone = (pid: number) =>
        new RegExp(`^heapwatch_census_total\\{[^}]*pid="${pid}"[^}]*\\} 1$`, 'm').test(text);
      return isDone(java.pid) && text.includes(`pid="${node.pid}"`);
    });
    expect(await server.stop()).toBe(0);
    const lines = await until('the end of the trace', 20_000, () => {
      const text = readFileSync(trace, 'utf8');
      return new RegExp(`^${server.pid} +\\+\\+\\+ exited with 0`, 'm').test(text) ? text.split('\n') : undefined;
    });
    const made = lines.filter((line) => line !== '' && !line.includes('+++'));
    // A thread of its own may be signalled: that is no other process.
    const others = made.filter((line) => !line.includes(`tgkill(${server.pid},`));
    expect(others.map((line) => line.replace(/^\d+ +/, '').replace(/ +=/, ' ='))).toEqual(expected(java.pid));
    expect([java.pid, node.pid!].map((pid) => existsSync(`/tmp/.attach_pid${pid}`))).toEqual([false, false]);
  });
}
