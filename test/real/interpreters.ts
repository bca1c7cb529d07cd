import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A CPython on this machine. */
export interface Interpreter {
  readonly path: string;
  /** As it says itself, e.g. `3.11.7`. */
  readonly version: string;
}

const tools = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'heapwatch-tools');
/** Where .ci/other-pythons puts what runs the CPythons of other Debian suites. */
const wrappers = join(tools, 'pythons');

/** Where it puts a build that heapwatch recognises and does not read. */
export function unreadPython(name: string): string {
  return join(tools, 'pythons-unread', name);
}

/** Every CPython found: pyenv's, `python3.N` on PATH, the system's `python3`, other suites'; each binary once. */
function findAll(): Interpreter[] {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const versions = existsSync(pyenv) ? readdirSync(pyenv).map((version) => join(pyenv, version, 'bin/python')) : [];
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '' && !folder.includes('shims'));
  const onPath = folders.flatMap((folder) =>
    ['python2.7', 'python3', ...Array.from({ length: 16 }, (_, minor) => `python3.${minor}`)].map((name) =>
      join(folder, name),
    ),
  );
  const others = existsSync(wrappers) ? readdirSync(wrappers).map((name) => join(wrappers, name)) : [];
  const binaries = new Set(
    [...versions, ...onPath, '/usr/bin/python3', ...others]
      .filter((path) => existsSync(path))
      .map((path) => realpathSync(path)),
  );
  return [...binaries]
    .map((path) => ({ path, version: versionOf(path) }))
    .filter((found): found is Interpreter => found.version !== undefined)
    .sort((a, b) => minorOf(a) - minorOf(b) || a.path.localeCompare(b.path));
}

function versionOf(path: string): string | undefined {
  try {
    const script =
      'import sys, platform; sys.stdout.write(platform.python_implementation() + platform.python_version())';
    const text = execFileSync(path, ['-c', script], {
      timeout: 10_000,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /^CPython(\d+\.\d+\.\S+)$/.exec(text)?.[1];
  } catch {
    return undefined; // a broken installation is no interpreter
  }
}

/** 2.7 is 207, 3.8 is 308. */
function minorOf(interpreter: Interpreter): number {
  const [major = 0, minor = 0] = interpreter.version.split('.').map(Number);
  return major * 100 + minor;
}

const found = findAll();

/** Those that run every fixture program. */
export const interpreters = found.filter((one) => minorOf(one) >= 307 && minorOf(one) <= 315);
/** CPython 2.7 and 3.6, which know less of the language than most fixture programs ask for. */
export const oldInterpreters = found.filter((one) => minorOf(one) === 207 || minorOf(one) === 306);
/** Any one, for tests where the version does not matter. */
export const anyInterpreter = interpreters.find((one) => minorOf(one) === 311) ?? interpreters[0];
