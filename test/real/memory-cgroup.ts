import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from './until.ts';

const root = '/sys/fs/cgroup';
/** The controller's own mount in version 1, the only one in version 2. */
const version = existsSync(join(root, 'memory/memory.limit_in_bytes')) ? 1 : 2;
const folder = version === 1 ? join(root, 'memory') : root;
let made = 0;

/** Whether memory cgroups can be made here, which takes root and a writable mount. */
export const canMakeMemoryCgroups = tryToMake();

/** A memory cgroup with a limit in bytes; made empty, it goes with the test, after the programs that were started later. */
export function makeMemoryCgroup(limitBytes: number): { add(pid: number): void } {
  const path = join(folder, `heapwatch-test-${process.pid}-${made++}`);
  mkdirSync(path);
  onTestFinished(() => until(`${path} to be removed`, 10_000, () => remove(path)).then(() => undefined));
  writeFileSync(join(path, version === 1 ? 'memory.limit_in_bytes' : 'memory.max'), String(limitBytes));
  return { add: (pid) => writeFileSync(join(path, 'cgroup.procs'), String(pid)) };
}

/** The kernel refuses while a process is still on its way out. */
function remove(path: string): true {
  rmdirSync(path);
  return true;
}

function tryToMake(): boolean {
  const path = join(folder, `heapwatch-test-${process.pid}-trial`);
  try {
    if (version === 2 && !readFileSync(join(folder, 'cgroup.subtree_control'), 'utf8').includes('memory')) return false;
    mkdirSync(path);
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}
