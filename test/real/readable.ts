import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Tests as another user need files that this user can read: a checkout may lie in a private folder, as mktemp makes one.

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** The folder of the fixture programs, or a copy of it that everyone can read. */
export const programsFolder = `${readable('test/fixtures/programs')}/`;

let built: string | undefined;

/** The built command line, or a copy of it, with what it depends on, that everyone can read. */
export function readableCli(): string {
  return fileURLToPath(readableDist('cli.js'));
}

/** The same for any file of the build. */
export function readableDist(file: string): URL {
  built ??= isReadable(checkout) ? join(checkout, 'dist') : readable('dist', 'package.json', ...dependencies());
  return pathToFileURL(join(built, file));
}

/** Answers where the first of the paths is. */
function readable(first: string, ...others: string[]): string {
  if (isReadable(checkout)) return join(checkout, first);
  const copy = mkdtempSync(join(tmpdir(), 'heapwatch-readable-'));
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  chmodSync(copy, 0o755);
  for (const path of [first, ...others]) cpSync(join(checkout, path), join(copy, path), { recursive: true });
  return join(copy, first);
}

function isReadable(folder: string): boolean {
  const everyone = (statSync(folder).mode & 0o005) === 0o005;
  return everyone && (folder === '/' || isReadable(dirname(folder)));
}

/** Folders of the production dependencies, relative to the checkout. */
function dependencies(): string[] {
  const { stdout } = spawnSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  const paths = stdout.split('\n').filter((path) => path.includes('node_modules'));
  return paths.map((path) => relative(checkout, path));
}
