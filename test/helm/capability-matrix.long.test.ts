import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { readPtraceScope } from '../../src/linux/yama.ts';
import { pidInside } from '../real/container.ts';
import { doctorReport, states } from '../real/doctor.ts';
import { javaCommand } from '../real/java-program.ts';
import { jdks } from '../real/jdks.ts';
import { testNeeding } from '../real/needs.ts';
import { startCommand } from '../real/program.ts';
import { programsFolder, readableCli } from '../real/readable.ts';
import { needs } from './chart-tool.ts';
import {
  chartCapabilities,
  debugCapabilities,
  rootWith,
  unitCapabilities,
  unitWith,
  userWith,
} from './reader-rights.ts';

const python = '/usr/bin/python3'; // other users may run this one
const jdk = jdks.find(({ java }) => java.startsWith('/usr/'));

const user = 1234;
const inContainer = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
const asUser = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs'];

const programs: readonly [runtime: string, command: () => readonly string[]][] = [
  ['Python', () => [python, `${programsFolder}healthy.py`]],
  ['Node.js', () => [process.execPath, '--expose-gc', `${programsFolder}v8-populations.mjs`, '1000']],
  ['Java', () => javaCommand(jdk!, ['-XX:+UseSerialGC'], 'JvmCensus', '1000')],
];

/** A program of that user in a mount and a pid namespace of its own. Answers its pid as we see it. */
async function startTarget(command: readonly string[]): Promise<number> {
  const [unshare = '', ...args] = [...inContainer, ...asUser, ...command];
  return pidInside((await startCommand({}, unshare, args)).pid);
}

/** What `kubectl debug --target` does: the same pid namespace, another file system, and rights of its own. */
const besideTarget = (pid: number) => [
  ...['nsenter', `--target=${pid}`, '--pid', 'unshare', '--mount'],
  ...['sh', '-c', 'mount -t proc proc /proc && exec setpriv "$@"', 'sh'],
];

async function top(pid: number, rights: readonly string[]): Promise<{ pid: number; objects: number }> {
  const [nsenter = '', ...args] = [...besideTarget(pid), ...rights, process.execPath, readableCli()];
  const run = promisify(execFile)(nsenter, [...args, 'top', '1', '--json'], { timeout: 60_000 });
  return JSON.parse((await run).stdout);
}

const needsAll = `root, setpriv, unshare, ${python}, a JDK below /usr or ${needs.helm[0]}`;
const tools = ['/usr/bin/setpriv', '/usr/bin/unshare', python].every((path) => existsSync(path));
const yamaAllows = (readPtraceScope('/proc') ?? 0) === 0;
const canRun = process.getuid?.() === 0 && tools && jdk !== undefined && needs.helm[1];

for (const [runtime, command] of programs) {
  testNeeding(needsAll, canRun)(
    `${runtime}: what is granted is just enough, and what is missing is named`,
    async () => {
      const pid = await startTarget(command());
      const look = async (rights: readonly string[]) => {
        const { process } = await doctorReport(pid, undefined, ['setpriv', ...rights]);
        return { census: states(process).census, reasons: process.hindrances.map(({ reason }) => reason).join('\n') };
      };
      const enough = { census: 'ok', reasons: '' };
      const granted = chartCapabilities();
      expect(await look(rootWith(granted))).toEqual(enough);
      expect(await look(unitWith(4321, unitCapabilities()))).toEqual(enough);
      for (const missing of granted) {
        const rest = granted.filter((name) => name !== missing);
        for (const rights of [rootWith(rest), unitWith(4321, rest)]) {
          const { census, reasons } = await look(rights);
          expect([missing, rights, census]).toEqual([missing, rights, 'denied']);
          expect(reasons).toContain(missing);
        }
      }
      // A pod that is not root has nothing of what it adds.
      expect(await look(userWith(4321, 4321, granted))).toMatchObject({ census: 'denied' });
      // The sidecar's first profile, and one step beside it.
      const sidecar = await look(userWith(user, user));
      if (yamaAllows) expect(sidecar).toEqual(enough);
      else expect(sidecar.reasons).toContain('ptrace_scope');
      // As a guest for a moment, without an installation: there the application is the first process.
      for (const rights of [rootWith(debugCapabilities()), ...(yamaAllows ? [userWith(user, user)] : [])]) {
        const { pid: inside, objects } = await top(pid, rights);
        expect(inside).toBe(1);
        expect(objects).toBeGreaterThan(100);
      }
      const otherGroup = await look(userWith(user, 4321));
      expect(otherGroup.census).toBe('denied');
      expect(otherGroup.reasons).toContain('group');
    },
  );
}
