import { closeSync, fstatSync, readlinkSync, readSync } from 'node:fs';
import type { ProcessRef } from '../model/target.ts';
import { type Elf, parseElf } from './elf.ts';
import type { Mapping } from './mappings.ts';
import { openRegularFile, openRegularLink } from './regular-file.ts';
import { createSymbolCache } from './symbol-cache.ts';

const withKnownSymbols = createSymbolCache();

/** An executable or shared library as it lies in a process. */
export interface Image {
  readonly path: string;
  readonly elf: Elf;
  /** What is added to an address of the file to get the address in the process: 0 for a non-PIE executable. */
  readonly loadBias: number;
}

/**
 * Opens the file behind a mapping for the time of `use`, through the target's own root. Answers undefined when it
 * cannot be opened, is no regular file (a link planted in the target's root is not followed) or is not ELF.
 */
export function withImage<T>(
  process: ProcessRef,
  mappings: readonly Mapping[],
  path: string,
  use: (image: Image, read: (address: number, length: number) => Buffer | undefined) => T,
): T | undefined {
  const file = openMappedFile(process, mappings, path);
  if (file === undefined) return undefined;
  try {
    const readBytes = (offset: number, length: number) => readExactly(file, offset, length);
    const elf = parseElf(readBytes);
    const first = mappings.find((mapping) => mapping.path === path);
    if (elf === undefined || first === undefined) return undefined;
    const lowest = elf.segments.reduce((a, b) => (a.address < b.address ? a : b));
    const loadBias = first.start - (lowest.address - (lowest.address % 4096));
    const readAddress = (address: number, length: number): Buffer | undefined => {
      const segment = elf.segments.find((s) => address >= s.address && address + length <= s.address + s.fileBytes);
      return segment && readBytes(segment.fileOffset + address - segment.address, length);
    };
    return use({ path, elf: withKnownSymbols(elf, fstatSync(file, { bigint: true })), loadBias }, readAddress);
  } finally {
    closeSync(file);
  }
}

/** A process has one of a kind; a few more may only be named so. */
const mostCandidates = 4;

/** Files that may carry a runtime: shared libraries by their name, then the executable, the first mapped executable. */
export function candidateImages(mappings: readonly Mapping[], libraryName: RegExp): string[] {
  const files = mappings.filter((mapping) => mapping.path.startsWith('/'));
  const libraries = files.map((mapping) => mapping.path).filter((path) => libraryName.test(path));
  const executable = files.find((mapping) => mapping.executable)?.path;
  return [...new Set([...libraries, ...(executable === undefined ? [] : [executable])])].slice(0, mostCandidates);
}

/** Opens the file that is mapped under a path, as `withImage` does; whoever calls it closes it. */
export function openMappedFile(process: ProcessRef, mappings: readonly Mapping[], path: string): number | undefined {
  const folder = `${process.procfsPath}/${process.pid}`;
  const mapping = mappings.find((candidate) => candidate.path === path);
  if (mapping === undefined || !path.startsWith('/')) return undefined;
  // map_files is the very file, also when it is deleted, but asks for CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE.
  const range = `${mapping.start.toString(16)}-${mapping.end.toString(16)}`;
  return (
    openRegularLink(`${folder}/map_files/${range}`) ??
    openRegularFile(process, path) ??
    (isExecutable(folder, path) ? openRegularLink(`${folder}/exe`) : undefined)
  );
}

/** The link opens the very file too, but for the executable only. */
function isExecutable(folder: string, path: string): boolean {
  try {
    return readlinkSync(`${folder}/exe`, 'latin1') === path;
  } catch {
    return false; // gone or denied: whoever needs it says so
  }
}

function readExactly(file: number, offset: number, length: number): Buffer | undefined {
  if (offset + length > fstatSync(file).size) return undefined;
  const buffer = Buffer.alloc(length);
  return readSync(file, buffer, 0, length, offset) === length ? buffer : undefined;
}
