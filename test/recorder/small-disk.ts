import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { recordTree } from '../linux/recorded-tree.ts';

/** A disk of so many KiB, in memory; it goes with the test. Needs root. */
export function smallDisk(kib: number): { readonly path: string } {
  const { path } = recordTree({});
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', path]);
  onTestFinished(() => void execFileSync('umount', [path]));
  return { path };
}
