import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A Node.js on this machine. */
export interface Node {
  readonly path: string;
  /** As it says itself, e.g. `20.20.2`. */
  readonly version: string;
}

const tools = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'heapwatch-tools');
/** Where .ci/other-nodes puts an early and a late patch of each line. */
const folder = join(tools, 'nodes');
/** Where it puts what offers Node's native interface, and is none. */
export const bun = join(tools, 'resembling-node', 'bun');
export const deno = join(tools, 'resembling-node', 'deno');
/** A Node.js of a line that we do not read. */
export const oddNode = join(tools, 'resembling-node', 'node-25');

export const supportedLines = ['18', '20', '22', '24', '26'];

/** The one that runs the tests and the installed ones, each version once. */
function findAll(): Node[] {
  const installed = existsSync(folder) ? readdirSync(folder).map((version) => join(folder, version, 'bin/node')) : [];
  const paths = [...installed, process.execPath].filter((path) => existsSync(path)).map((path) => realpathSync(path));
  const byVersion = new Map(paths.map((path) => [versionOf(path), path]));
  return [...byVersion]
    .map(([version, path]) => ({ path, version }))
    .sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

function versionOf(path: string): string {
  return execFileSync(path, ['-p', 'process.versions.node'], { timeout: 30_000, encoding: 'utf8' }).trim();
}

/** Of every line the early patches too. */
export const allNodes = findAll();
/** The latest of each line. */
export const nodes = supportedLines.flatMap((line) => allNodes.findLast((node) => lineOf(node) === line) ?? []);

export function lineOf({ version }: Node): string {
  return version.split('.')[0]!;
}

/** What starts the same Node.js with options of V8, which NODE_OPTIONS does not take everywhere; it ends with the test. */
export function withFlags(path: string, ...flags: string[]): string {
  const place = mkdtempSync(join(tmpdir(), 'heapwatch-node-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const wrapper = join(place, 'node');
  writeFileSync(wrapper, `#!/bin/sh\nexec '${path}' ${flags.join(' ')} "$@"\n`, { mode: 0o755 });
  return wrapper;
}
