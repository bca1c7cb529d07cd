import { readFileSync } from 'node:fs';
import { parseElf } from '../../src/memory/elf.ts';
import { mutateWord } from './mutation.ts';
import type { Random } from './random.ts';
import type { Subject } from './subject.ts';

const symbolNames = ['_PyRuntime', '_PyGC_generation0', 'PyType_Type', 'Py_Version'];
/** Symbols and their names are read whole: two tables of at most 64 MiB each, and the names of sections. */
const mostBytes = 3 * 64 * 2 ** 20;
/** Stands for what a sparse file holds where nothing was written. */
const nothing = Buffer.alloc(64 * 2 ** 20);

/** Executables and libraries below the target's own root, which may hold anything there. */
export function elfSubject(files: readonly string[]): Subject {
  const seeds = files.map((path) => readFileSync(path));
  return {
    name: 'elf',
    share: 40,
    mostBytes,
    prepare(random) {
      const file = random.pick(seeds);
      const patches = Array.from({ length: 1 + random.below(6) }, () => patch(file, random));
      const size = random.pick([
        () => file.length,
        () => random.below(file.length),
        () => 64 + random.below(8192),
        () => 2 ** 50,
      ])();
      return () => {
        const elf = parseElf((offset, length) => readPatched(file, patches, size, offset, length));
        return elf && [elf.segments, Object.fromEntries(elf.symbols(symbolNames))];
      };
    },
  };
}

interface Patch {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Mostly a field of a header: those steer the reader. */
function patch(file: Buffer, random: Random): Patch {
  const sectionTable = Number(file.readBigUInt64LE(40));
  const [from, length] = random.pick([
    [0, 64],
    [64, file.readUInt16LE(56) * 56],
    [sectionTable, file.readUInt16LE(60) * 64],
    [0, Math.min(file.length, 2 ** 17)],
    [0, file.length],
  ] as const);
  const bytes = Buffer.alloc(random.pick([1, 2, 4, 8]));
  const offset = from + random.below(Math.max(1, length - bytes.length));
  const old = file.subarray(offset, offset + bytes.length);
  const word = mutateWord(BigInt(`0x${Buffer.from(old).reverse().toString('hex') || '0'}`), random);
  for (let index = 0; index < bytes.length; index++) bytes[index] = Number((word >> BigInt(8 * index)) & 0xffn);
  return { offset, bytes };
}

/** As a file of `size` bytes with the patches in it would be read; throws when a parser asks for too much at once. */
function readPatched(file: Buffer, patches: readonly Patch[], size: number, offset: number, length: number) {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new RangeError(`a read of ${length} bytes at ${offset}`);
  }
  if (offset + length > size) return undefined;
  if (length > nothing.length) throw new RangeError(`a read of ${length} bytes`);
  if (offset + length > file.length) return nothing.subarray(0, length);
  if (length > 2 ** 20) return file.subarray(offset, offset + length);
  const copy = Buffer.from(file.subarray(offset, offset + length));
  for (const { offset: at, bytes } of patches) {
    if (at + bytes.length > offset && at < offset + length) {
      bytes.copy(copy, Math.max(0, at - offset), Math.max(0, offset - at));
    }
  }
  return copy;
}
