import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AttachableJvm } from '../../../../src/runtimes/hotspot/attach-protocol/attachable-jvm.ts';
import { openTargetFolder } from '../../../../src/runtimes/hotspot/attach-protocol/target-folder.ts';

/** A target whose root is a folder of the test. */
function arrange(): { jvm: AttachableJvm; root: string; tmp: string } {
  const procfsPath = mkdtempSync(join(tmpdir(), 'heapwatch-target-'));
  onTestFinished(() => rmSync(procfsPath, { recursive: true }));
  const root = join(procfsPath, '7', 'root');
  mkdirSync(root, { recursive: true });
  const process = { pid: 7, startTicks: 1, procfsPath };
  const [uid, gid] = [globalThis.process.geteuid!(), globalThis.process.getegid!()];
  return { jvm: { process, innerPid: 1, uid, gid, image: '' }, root, tmp: join(root, 'tmp') };
}

async function listen(path: string): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

test('the trigger is a private file of the target, and is taken away again', () => {
  const { jvm, tmp } = arrange();
  mkdirSync(tmp);
  const folder = openTargetFolder(jvm);
  onTestFinished(folder.close);
  const trigger = folder.makeTrigger();
  const path = join(tmp, '.attach_pid1');
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  // While it is there another tool asks.
  expect(() => folder.makeTrigger()).toThrow(expect.objectContaining({ kind: 'busy' }));
  trigger.remove();
  expect(existsSync(path)).toBe(false);
  trigger.remove();
});

test('no link is followed: neither /tmp, nor the trigger, nor the socket', async () => {
  const { jvm, root, tmp } = arrange();
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, tmp);
  expect(() => openTargetFolder(jvm)).toThrow(/is a link, which is not followed/);
  rmSync(tmp);
  mkdirSync(tmp);
  const folder = openTargetFolder(jvm);
  onTestFinished(folder.close);
  symlinkSync(join(elsewhere, 'victim'), join(tmp, '.attach_pid1'));
  expect(() => folder.makeTrigger()).toThrow(expect.objectContaining({ kind: 'busy' }));
  expect(existsSync(join(elsewhere, 'victim'))).toBe(false);
  expect(folder.openSocket()).toBeUndefined();
  await listen(join(elsewhere, 'docker.sock'));
  symlinkSync(join(elsewhere, 'docker.sock'), join(tmp, '.java_pid1'));
  expect(() => folder.openSocket()).toThrow(/no socket of the JVM's own user/);
});

test('what is no socket, or that of another user, is not asked', async () => {
  const { jvm, tmp } = arrange();
  mkdirSync(tmp);
  writeFileSync(join(tmp, '.java_pid1'), '');
  const folder = openTargetFolder(jvm);
  onTestFinished(folder.close);
  const refusal = expect.objectContaining({ kind: 'unreadable' });
  expect(() => folder.openSocket()).toThrow(refusal);
  rmSync(join(tmp, '.java_pid1'));
  await listen(join(tmp, '.java_pid1'));
  folder.openSocket()!.close();
  const other = openTargetFolder({ ...jvm, uid: jvm.uid + 1 });
  onTestFinished(other.close);
  expect(() => other.openSocket()).toThrow(refusal);
});
