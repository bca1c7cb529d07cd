import { chmodSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRemainsAt, watchRemains } from '../../../src/runtimes/hotspot/remains.ts';
import { recordTree, statusText } from '../../linux/recorded-tree.ts';
import { startJava } from '../../real/java-program.ts';
import { anyJdk } from '../../real/jdks.ts';
import { testNeeding } from '../../real/needs.ts';
import { refOf } from '../../real/process-ref.ts';
import { until } from '../../real/until.ts';

const withJdk = testNeeding('a JDK', anyJdk !== undefined);

/** Starts a JVM with an own working folder and lets it run out of memory. */
async function runOutOfMemory(option: string) {
  const { path } = recordTree({ java: `#!/bin/sh\nulimit -c 0; cd "$(dirname "$0")" && exec ${anyJdk!.java} "$@"\n` });
  chmodSync(join(path, 'java'), 0o755);
  const program = await startJava({ ...anyJdk!, java: join(path, 'java') }, ['-Xmx32m', option], 'JvmVitals');
  const watch = watchRemains(refOf(program.pid));
  expect(watch.find()).toEqual([]);
  program.send('fail');
  const remains = await until('a file to be left', 20_000, () => (watch.find()[0]?.bytes ? watch.find() : undefined));
  watch.close();
  watch.close();
  expect(watch.find()).toEqual([]);
  return { remains, pid: program.pid };
}

withJdk('the log of a JVM that crashed for want of memory is found', async () => {
  const { remains, pid } = await runOutOfMemory('-XX:+CrashOnOutOfMemoryError');
  expect(remains).toMatchObject([{ kind: 'crash_log', name: `hs_err_pid${pid}.log` }]);
});

withJdk('a heap dump is found, also when the JVM goes on', async () => {
  const { remains, pid } = await runOutOfMemory('-XX:+HeapDumpOnOutOfMemoryError');
  expect(remains).toMatchObject([{ kind: 'heap_dump', name: `java_pid${pid}.hprof` }]);
});

test('what an earlier process of the same pid left is not news, and links are none', () => {
  const tree = recordTree({
    '815/status': statusText(1), // its own pid is 7
    '815/cwd/java_pid7.hprof': 'an earlier dump',
    '815/cwd/other': 'secret',
  });
  const watch = watchRemains({ pid: 815, startTicks: 1, procfsPath: tree.path });
  tree.write({ '815/cwd/hs_err_pid7.log': { link: 'other' }, '815/cwd/hs_err_pid815.log': 'not its own pid' });
  expect(watch.find()).toEqual([]);
  tree.write({ '815/cwd/hs_err_pid7.log': '# A fatal error' });
  expect(watch.find()).toEqual([{ kind: 'crash_log', name: 'hs_err_pid7.log', bytes: 15 }]);
  watch.close();
});

test('what is left later is found by who knows the place, and not in another folder of this name', () => {
  const tree = recordTree({ '815/status': statusText(1), '815/cwd': { link: '../folder' }, 'folder/other': '' });
  const watch = watchRemains({ pid: 815, startTicks: 1, procfsPath: tree.path });
  const place = watch.place()!;
  watch.close();
  expect(watch.place()).toBeUndefined();
  tree.write({ 'folder/hs_err_pid7.log': '# A fatal error' });
  const now = Date.now() / 1000;
  expect(findRemainsAt(place, now - 60)).toEqual([{ kind: 'crash_log', name: 'hs_err_pid7.log', bytes: 15 }]);
  expect(findRemainsAt(place, now + 60)).toEqual([]);
  renameSync(join(tree.path, 'folder'), join(tree.path, 'earlier'));
  tree.write({ 'folder/hs_err_pid7.log': '# Of another' });
  expect(findRemainsAt(place, now - 60)).toEqual([]);
});

test('a process that has ended has no folder to watch', () => {
  const { path } = recordTree({ version: '' });
  expect(() => watchRemains({ pid: 815, startTicks: 1, procfsPath: path })).toThrow(
    expect.objectContaining({ kind: 'gone' }),
  );
});
