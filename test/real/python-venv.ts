import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';

/** Runs a Python program with packages of the index in an environment of the test's own; answers what it printed. */
export type RunPython = (program: string, input: string) => string;

/** Skips the test by name where Python, venv or the package index is absent, but not in CI. */
export function createVenv(context: TestContext, packages: readonly string[]): RunPython {
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-venv-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const python = join(folder, 'bin/python');
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages],
  ]) {
    const { status, error, stderr } = spawnSync(command!, args, { encoding: 'utf8', timeout: 300_000 });
    if (status === 0) continue;
    const reason = `${args.slice(0, 3).join(' ')} failed: ${error?.message ?? stderr}`;
    if (process.env.CI) throw new Error(reason);
    context.skip(reason);
  }
  return (program, input) => {
    const ran = spawnSync(python, ['-c', program], { input, encoding: 'utf8', timeout: 60_000, maxBuffer: 2 ** 28 });
    if (ran.status !== 0) throw new Error(`${ran.error?.message ?? ''}${ran.stderr}`);
    return ran.stdout;
  };
}
