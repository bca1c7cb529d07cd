import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMappings } from '../../../src/memory/process-memory.ts';
import { hotspot } from '../../../src/runtimes/hotspot/index.ts';
import { findPerfDataMapping } from '../../../src/runtimes/hotspot/perf-data/perf-data-file.ts';
import { recordTree } from '../../linux/recorded-tree.ts';
import { pidInside } from '../../real/container.ts';
import { anyInterpreter } from '../../real/interpreters.ts';
import { startJava } from '../../real/java-program.ts';
import { anyJdk } from '../../real/jdks.ts';
import { testNeeding } from '../../real/needs.ts';
import { refOf } from '../../real/process-ref.ts';
import { startCommand } from '../../real/program.ts';

const jdk = anyJdk!;
const withJdk = testNeeding('a JDK', anyJdk !== undefined);
const canUnshare = process.getuid?.() === 0 && existsSync('/usr/bin/unshare');

/** The file of a JVM in our own /tmp. */
function perfDataFile(pid: number): string | undefined {
  const folders = readdirSync('/tmp').filter((name) => name.startsWith('hsperfdata_'));
  return folders.map((name) => join('/tmp', name, `${pid}`)).find((path) => existsSync(path));
}

withJdk('a JVM that keeps no performance data is refused, also beside the file of an earlier process', async () => {
  const [quiet, earlier] = [
    await startJava(jdk, ['-XX:-UsePerfData'], 'JvmVitals'),
    await startJava(jdk, [], 'JvmVitals'),
  ];
  const stale = join(perfDataFile(earlier.pid)!, '..', `${quiet.pid}`);
  copyFileSync(perfDataFile(earlier.pid)!, stale);
  expect(() => hotspot.open(refOf(quiet.pid))).toThrow(
    expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining('-XX:-UsePerfData') }),
  );
  rmSync(stale);
});

withJdk('performance data without a file are read from the memory, and deleted files too', async () => {
  const hidden = await startJava(jdk, ['-XX:+PerfDisableSharedMem', '-Xmx64m'], 'JvmVitals');
  const deleted = await startJava(jdk, ['-Xmx64m'], 'JvmVitals');
  expect(perfDataFile(hidden.pid)).toBeUndefined();
  rmSync(perfDataFile(deleted.pid)!);
  for (const program of [hidden, deleted]) {
    const session = hotspot.open(refOf(program.pid));
    await program.ask('collect');
    expect(session.vitals()).toMatchObject({ limitBytes: 64 * 2 ** 20, live: { bytes: expect.any(Number) } });
    await program.end();
    expect(() => session.vitals()).toThrow(expect.objectContaining({ kind: 'gone' }));
    session.close();
  }
});

withJdk('the heap of a JVM that has only begun is not told to be empty', async () => {
  const { pid } = await startJava(jdk, ['-XX:+UseG1GC'], 'JvmVitals');
  const session = hotspot.open(refOf(pid));
  const { usedBytes, spaceUsedBytes } = session.vitals();
  expect(usedBytes).not.toBe(0);
  if (usedBytes === undefined) expect(spaceUsedBytes).toEqual({});
  session.close();
});

withJdk('a JVM that is stopped can be read, and one that was killed is gone although its file stays', async () => {
  const program = await startJava(jdk, [], 'JvmVitals');
  const session = hotspot.open(refOf(program.pid));
  process.kill(program.pid, 'SIGSTOP');
  expect(session.vitals().committedBytes).toBeGreaterThan(0);
  const file = perfDataFile(program.pid)!;
  await program.end();
  expect(existsSync(file)).toBe(true);
  expect(() => session.vitals()).toThrow(expect.objectContaining({ kind: 'gone' }));
  session.close();
  session.close();
});

testNeeding('a JDK, root and unshare', anyJdk !== undefined && canUnshare)(
  'a JVM in other user, pid and mount namespaces is read as any other',
  async () => {
    const { path } = recordTree({
      java: `#!/bin/sh
exec unshare --user --map-root-user --pid --fork --kill-child --mount sh -c '
mount -t proc proc /proc && mkdir -p /tmp/hsperfdata_root && mount -t tmpfs tmpfs /tmp/hsperfdata_root && exec "$@"' sh ${jdk.java} "$@"
`,
    });
    chmodSync(join(path, 'java'), 0o755);
    const program = await startJava({ ...jdk, java: join(path, 'java') }, ['-Xmx64m'], 'JvmVitals');
    const pid = pidInside(program.pid);
    expect(perfDataFile(pid)).toBeUndefined();
    const process = refOf(pid);
    expect(hotspot.detect(process)).toEqual({ runtime: 'jvm', version: jdk.version });
    const session = hotspot.open(process);
    const { heap } = await program.ask<{ heap: { committed: number } }>('collect');
    expect(session.vitals()).toMatchObject({ limitBytes: 64 * 2 ** 20, committedBytes: heap.committed });
    session.close();
  },
);

/** A Python process that loads or maps files, and says so. */
async function startMapping(script: string, ...paths: string[]) {
  const says = 'print("ready -", flush=True); sys.stdin.read()';
  return startCommand({}, anyInterpreter!.path, ['-c', `import ctypes, mmap, sys\n${script}\n${says}`, ...paths]);
}

testNeeding('a JDK and CPython', anyJdk !== undefined && anyInterpreter !== undefined)(
  'a process that has only loaded libjvm is busy until a JVM begins in it',
  async () => {
    const libjvm = join(jdk.java, '../../lib/server/libjvm.so');
    const program = await startMapping('ctypes.CDLL(sys.argv[1])', libjvm);
    expect(hotspot.detect(refOf(program.pid))?.runtime).toBe('jvm');
    expect(() => hotspot.open(refOf(program.pid))).toThrow(expect.objectContaining({ kind: 'busy' }));
  },
);

testNeeding('CPython', anyInterpreter !== undefined)('an OpenJ9 JVM is refused by its name', async () => {
  const { path } = recordTree({ 'libjvm.so': '\x7fELF', 'libj9vm29.so': '\x7fELF' });
  const script = `files = [open(path, "rb") for path in sys.argv[1:]]
kept = [mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC) for file in files]`;
  const program = await startMapping(script, join(path, 'libjvm.so'), join(path, 'libj9vm29.so'));
  expect(() => hotspot.open(refOf(program.pid))).toThrow(
    expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining('OpenJ9') }),
  );
});

testNeeding('CPython', anyInterpreter !== undefined)(
  'native images have performance data but no libjvm, and who only looks at one runs none: both are no JVM',
  async () => {
    const { path } = recordTree({ 'hsperfdata_shop/7': 'data', 'libjvm.so': '\x7fELF' });
    const script = `files = [open(path, "r+b") for path in sys.argv[1:]]
kept = [mmap.mmap(files[0].fileno(), 0), mmap.mmap(files[1].fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ)]`;
    const { pid } = await startMapping(script, join(path, 'hsperfdata_shop/7'), join(path, 'libjvm.so'));
    expect(findPerfDataMapping(readMappings(refOf(pid)))).toBeDefined();
    expect(hotspot.detect(refOf(pid))).toBeUndefined();
  },
);

test('a program that is no JVM is not taken for one', async () => {
  const { pid } = await startCommand({}, 'sh', ['-c', 'echo ready -; read line']);
  expect(hotspot.detect(refOf(pid))).toBeUndefined();
});
