import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** What `npm pack` says that it made. */
export interface Packed {
  readonly path: string;
  readonly version: string;
  /** Of the archive. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { path: string }[];
}

/** Runs `npm pack` in a copy below the folder: it builds anew, and other tests run the dist/ of the checkout. */
export function pack(folder: string): Packed {
  const copy = join(folder, 'copy');
  const left = new Set(['.git', 'dist', 'node_modules', 'test'].map((name) => join(checkout, name)));
  cpSync(checkout, copy, { recursive: true, filter: (path) => !left.has(path) });
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  const told = npm(copy, 'pack', '--json', '--silent', '--pack-destination', folder);
  const [{ filename, ...packed }] = JSON.parse(told);
  return { ...packed, path: join(folder, filename) };
}

/** Installs the archive as a stranger does, in a new folder below this one, and answers its path. */
export function install(folder: string, archive: string): string {
  const service = join(folder, 'service');
  mkdirSync(service);
  writeFileSync(join(service, 'package.json'), '{ "private": true }');
  // With engine-strict a package that does not want this Node.js is no warning.
  npm(service, 'install', '--silent', '--engine-strict', archive);
  return service;
}

/** Whether npm's registry answers. */
export function hasRegistry(): boolean {
  try {
    return npm(checkout, 'view', 'fastify', 'name', '--silent', '--fetch-retries=0').trim() === 'fastify';
  } catch {
    return false;
  }
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 });
}
