import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A procfs, or any other tree, of recorded files. */
export interface RecordedTree {
  readonly path: string;
  /** Writes files, by their path in the tree; a value `{ link }` makes a symbolic link, undefined removes. */
  write(files: Readonly<Record<string, string | { readonly link: string } | undefined>>): void;
}

/** Makes the tree in a temporary folder that ends with the test. */
export function recordTree(files: Parameters<RecordedTree['write']>[0]): RecordedTree {
  const path = mkdtempSync(join(tmpdir(), 'heapwatch-tree-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const tree: RecordedTree = {
    path,
    write(changes) {
      for (const [name, content] of Object.entries(changes)) {
        const file = join(path, name);
        rmSync(file, { recursive: true, force: true });
        if (content === undefined) continue;
        mkdirSync(dirname(file), { recursive: true });
        if (typeof content === 'string') writeFileSync(file, content);
        else symlinkSync(content.link, file);
      }
    },
  };
  tree.write(files);
  return tree;
}

/** The text of a /proc/<pid>/stat as Linux 6 writes it. */
export function statText(values: {
  pid: number;
  comm?: string;
  state?: string;
  parentPid?: number;
  flags?: number;
  startTicks: number;
  startStack?: number;
}): string {
  const { pid, comm = 'python3', state = 'S', parentPid = 1, flags = 4194304, startTicks } = values;
  const { startStack = 140731454929584 } = values;
  return (
    `${pid} (${comm}) ${state} ${parentPid} ${pid} ${pid} 0 -1 ${flags} 101 0 0 0 250 50 0 0 20 0 4 0 ${startTicks} 3133440 387 ` +
    `18446744073709551615 94745518944256 94745518964137 ${startStack} 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 ` +
    '94745518980144 94745518981760 94746532352000 140731454937598 140731454937618 140731454937618 140731454939115 0\n'
  );
}

/** The lines of a /proc/<pid>/status that matter. */
export function statusText(residentKib: number): string {
  return `Name:\tpython3\nUid:\t1000\t1000\t1000\t1000\nNSpid:\t4711\t7\nVmRSS:\t${residentKib} kB\nRssAnon:\t1024 kB\nVmSwap:\t8 kB\nThreads:\t4\n`;
}
