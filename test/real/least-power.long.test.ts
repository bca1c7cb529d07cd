import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { startServer } from './heapwatch.ts';
import { anyInterpreter } from './interpreters.ts';
import { startJavaWith } from './java-program.ts';
import { anyJdk } from './jdks.ts';
import { testNeeding } from './needs.ts';
import { asOwnService, watchOwnService } from './own-service.ts';
import { startProgramWith } from './program.ts';
import { until } from './until.ts';

const strace = ['/usr/bin/strace', '/usr/local/bin/strace'].find((path) => existsSync(path));

/** What would act on another process, or on the machine. */
const actions = [
  ...[
    'kill',
    'tkill',
    'tgkill',
    'rt_sigqueueinfo',
    'rt_tgsigqueueinfo',
    'pidfd_open',
    'pidfd_send_signal',
    'pidfd_getfd',
  ],
  ...[
    'ptrace',
    'process_vm_readv',
    'process_vm_writev',
    'process_madvise',
    'process_mrelease',
    'kcmp',
    'setns',
    'unshare',
  ],
  ...['perf_event_open', 'bpf', 'io_uring_setup', 'userfaultfd', 'mount', 'umount2', 'chroot', 'pivot_root'],
  ...['setpriority', 'ioprio_set', 'sched_setaffinity', 'sched_setscheduler', 'migrate_pages', 'move_pages'],
  ...['connect', 'sendto', 'sendmsg', 'sendmmsg', 'execve', 'execveat'],
];

/** What changes files. */
const changes = [
  ...['creat', 'truncate', 'ftruncate', 'unlink', 'unlinkat', 'rename', 'renameat', 'renameat2', 'mkdir', 'mkdirat'],
  ...['rmdir', 'link', 'linkat', 'symlink', 'symlinkat', 'mknod', 'mknodat', 'chmod', 'fchmod', 'fchmodat', 'chown'],
  ...['fchown', 'lchown', 'fchownat', 'utimensat', 'setxattr', 'lsetxattr', 'fsetxattr', 'fallocate'],
];

const opens = ['open', 'openat', 'openat2'];
const reads = ['pread64', 'preadv', 'preadv2'];

for (const [name, keepsState] of [
  ['at its defaults heapwatch acts on nobody and writes nothing', false],
  ['with --storage.path it writes there and nowhere else', true],
] as const) {
  testNeeding('strace, a Python and a Java (.ci)', strace !== undefined && !!anyInterpreter && !!anyJdk)(
    name,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'heapwatch-strace-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const targets = [
        await startProgramWith(asOwnService, anyInterpreter!.path, 'healthy.py'),
        await startProgramWith(asOwnService, process.execPath, 'v8-vitals.mjs'),
        await startJavaWith(asOwnService, anyJdk!, ['-XX:+UseG1GC', '-Xmx64m'], 'JvmCensus', '100'),
      ];
      const storage = join(folder, 'storage');
      const lines = await traced(folder, keepsState ? [`--storage.path=${storage}`] : [], async (metrics) => {
        const text = await metrics();
        const isCounted = (pid: number) => new RegExp(`^heapwatch_objects\\{.*pid="${pid}"`, 'm').test(text);
        return targets.every(({ pid }) => isCounted(pid));
      });
      const of = (calls: readonly string[]) => lines.filter(({ call }) => calls.includes(call));

      // It has done its work, and strace has seen it.
      for (const { pid } of targets) {
        expect(of(reads).filter(({ text }) => text.includes(`</proc/${pid}/mem>`)).length).toBeGreaterThan(10);
      }
      expect(of(opens).length).toBeGreaterThan(100);

      const acted = of(actions).map(({ text }) => text);
      expect(acted.filter((text) => !text.startsWith('execve('))).toEqual([]);
      expect(acted).toHaveLength(1); // node itself

      const isInStorage = (text: string) => text.includes(storage);
      const written = [
        ...of(changes),
        ...of(opens).filter(({ text }) => /O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(text)),
      ];
      expect(written.filter(({ text }) => !isInStorage(text)).map(({ text }) => text)).toEqual([]);
      // By the same expression the writing of state is seen.
      expect(written.length > 0).toBe(keepsState);
    },
  );
}

interface Call {
  readonly call: string;
  readonly text: string;
}

/** The system calls of a whole run of serve that goes on until `isDone`, is asked for all its pages, and is ended. */
async function traced(
  folder: string,
  args: string[],
  isDone: (metrics: () => Promise<string>) => Promise<boolean>,
): Promise<Call[]> {
  const trace = join(folder, 'trace');
  const through = join(folder, 'traced');
  const calls = [...actions, ...changes, ...opens, ...reads].join();
  // -D: what is traced stays our child. -y: descriptors with their paths.
  writeFileSync(
    through,
    `#!/bin/sh\nexec strace -D -f -y --seccomp-bpf -e trace=${calls} -e signal=none -o '${trace}' "$@"\n`,
    {
      mode: 0o755,
    },
  );
  const server = await startServer([...watchOwnService, ...args], {}, through);
  const get = async (path: string) => (await fetch(server.url + path, { signal: AbortSignal.timeout(60_000) })).text();
  await until('all to be counted', 120_000, () => isDone(() => get('/metrics')));
  for (const path of ['/', '/api/v1/targets', '/api/v1/incidents', '/healthz']) await get(path);
  expect(await server.stop()).toBe(0);
  const text = await until('the end of the trace', 30_000, () => {
    const all = readFileSync(trace, 'utf8');
    return new RegExp(`^${server.pid} +\\+\\+\\+ exited with 0`, 'm').test(all) ? all : undefined;
  });
  return text.split('\n').flatMap((line) => {
    const [, whole, call] = /^\d+ +((\w+)\(.*)$/.exec(line) ?? [];
    return whole === undefined || call === undefined ? [] : [{ text: whole, call }];
  });
}
