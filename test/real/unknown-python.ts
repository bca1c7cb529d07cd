import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseElf } from '../../src/memory/elf.ts';
import { interpreters } from './interpreters.ts';
import { type Program, startProgramWith } from './program.ts';

/** Py_Version is exported from 3.11 on. A wrapper is no ELF file. */
const original = interpreters.find(
  ({ path, version }) => Number(version.split('.')[1]) >= 11 && readFileSync(path).readUInt32BE(0) === 0x7f454c46,
);

export const canMakeUnknownPython = original !== undefined;

/** Starts a program with a copy of a CPython that claims to be 3.99.0, a version that nobody knows. */
export function startWithUnknownPython(name: string, env: Record<string, string> = {}): Promise<Program> {
  const { path, version } = original!;
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-python-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const library = join(dirname(path), `../lib/libpython${version.split('.', 2).join('.')}.so.1.0`);
  const image = existsSync(library) ? library : path;
  const copy = join(folder, basename(image));
  copyFileSync(image, copy);
  writeFileSync(copy, withVersion(readFileSync(copy), 0x036300f0));
  if (image === path) return startProgramWith(env, copy, name);
  return startProgramWith({ ...env, LD_LIBRARY_PATH: folder }, path, name);
}

function withVersion(file: Buffer, hexVersion: number): Buffer {
  const elf = parseElf((offset, length) => file.subarray(offset, offset + length));
  const address = elf?.symbols(['Py_Version']).get('Py_Version') ?? Number.NaN;
  const segment = elf?.segments.find((one) => address >= one.address && address < one.address + one.fileBytes);
  if (segment === undefined) throw new Error('no Py_Version to change');
  file.writeUInt32LE(hexVersion, segment.fileOffset + address - segment.address);
  return file;
}
