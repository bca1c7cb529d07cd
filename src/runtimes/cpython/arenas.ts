// obmalloc's table of arenas: `arenas` and `maxarenas` of Objects/obmalloc.c up to 3.11, of struct _obmalloc_mgmt in
// Include/internal/pycore_obmalloc.h from 3.12. An arena_object has 48 bytes: address, pool_address, nfreepools (u32),
// ntotalpools (u32), freepools, nextarena, prevarena.
import { readAddress } from '../../memory/address.ts';
import { findMapping, type Mapping } from '../../memory/mappings.ts';
import { type ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import { vanished } from '../vanished.ts';
import type { PythonImage } from './image.ts';
import type { Interpreters } from './interpreters.ts';
import type { CpythonLayout } from './layouts/layout.ts';

/** Addresses of the two variables; their values change as the heap grows and are read anew each time. */
export interface ArenaVariables {
  readonly arenas: number;
  readonly maxArenas: number;
}

export interface Arena {
  /** Of the first pool. */
  readonly start: number;
  /** Where pools that were never used begin. */
  readonly end: number;
  /** Of the whole mapping. */
  readonly address: number;
  readonly poolsInUse: number;
}

const arenaObjectBytes = 48;
const attempts = 5;
const initialArenas = 16; // INITIAL_ARENA_OBJECTS; the table doubles
/** 2^20 arenas of 256 KiB, 2^18 of 1 MiB; their table has 48 or 12 MiB. */
const maxHeapBytes = 256 * 2 ** 30;
/** Rows that are read at once, first and later: most of what looks like a table ends in its first rows. */
const [firstRows, moreRows] = [initialArenas, 1024];
/** How many such reads one search may take; a target that has filled its data with such looks would keep us for hours. */
const maxSearchReads = 8192;

/** The tables of interpreters that have one: from 3.12 on all but those that share the lock of the main one. */
export function findOwnArenas(
  memory: ProcessMemory,
  layout: CpythonLayout,
  { holders }: Interpreters,
): ArenaVariables[] {
  return holders.flatMap((interpreter) => interpreterVariables(memory, interpreter, layout) ?? []);
}

/** struct _obmalloc_state, in or behind the interpreter; undefined when it has no arenas, as it uses the main one's. */
function interpreterVariables(
  memory: ProcessMemory,
  interpreter: number,
  { obmalloc }: CpythonLayout,
): ArenaVariables | undefined {
  if (obmalloc === undefined) return undefined;
  const { offset, form, arenas, maxArenas } = obmalloc;
  const state = form === 'pointer' ? memory.readWord(interpreter + offset) : interpreter + offset;
  if (!state || !memory.readWord(state + arenas)) return undefined;
  return { arenas: state + arenas, maxArenas: state + maxArenas };
}

/**
 * Searches the image's data for the pointer to the main table: in stripped builds no symbol tells. A candidate must
 * stand beside a doubled 16 and every row of its table must be valid. One or none, as under PYTHONMALLOC=malloc.
 */
export function findMainArenas(
  memory: ProcessMemory,
  image: PythonImage,
  layout: CpythonLayout,
  mappings: readonly Mapping[],
): ArenaVariables[] {
  const budget = { readsLeft: maxSearchReads };
  for (let attempt = 0; attempt < attempts && budget.readsLeft > 0; attempt++) {
    // The table may have a half-written row at any moment, or move; many mappings take long to read, so they are read again
    // the last time only.
    const current = attempt < attempts - 1 ? mappings : readMappings(memory.process);
    const found = image.writable.flatMap((segment) => search(memory, current, segment, layout, budget));
    // `usable_arenas` may point to the first row too, but it stands before `arenas` up to 3.11, where distances vary.
    const last = found.at(-1);
    if (last !== undefined) return [last];
  }
  return [];
}

function search(
  memory: ProcessMemory,
  mappings: readonly Mapping[],
  { start, end }: PythonImage['writable'][number],
  layout: CpythonLayout,
  budget: ReadBudget,
): ArenaVariables[] {
  const found: ArenaVariables[] = [];
  const first = start - (start % 8);
  const bytes = Buffer.alloc(end - first);
  memory.read(first, bytes, 0, bytes.length);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let index = 0; index + 1 < words.length && budget.readsLeft > 0; index += 2) {
    // 16-byte aligned, in user space.
    if (words[index]! % 16 !== 0 || words[index + 1]! > 0x7fff) continue;
    const table = words[index + 1]! * 2 ** 32 + words[index]!;
    if (table < 0x10000) continue;
    for (const distance of layout.arenaCountDistances) {
      const count = words[index + distance / 4];
      if (count === undefined || !isTableLength(count, layout) || !isAnonymous(mappings, table, count)) continue;
      if (!readTable(memory, table, count, layout, budget)?.length) continue;
      found.push({ arenas: first + index * 4, maxArenas: first + index * 4 + distance });
    }
  }
  return found;
}

/** The arenas in use, ascending by address. Throws `gone`, or `busy` when a table is just being moved. */
export function readArenas(
  memory: ProcessMemory,
  variables: readonly ArenaVariables[],
  layout: CpythonLayout,
): Arena[] {
  const tables = new Set<number>();
  const arenas: Arena[] = [];
  for (const one of variables) {
    const { address, rows } = readArenaTable(memory, one, layout);
    if (tables.has(address)) continue;
    tables.add(address);
    for (const arena of rows) arenas.push(arena);
    if (arenas.length > maxHeapBytes / layout.arenaBytes) {
      throw new ReadFailure('unreadable', 'its interpreters claim more arenas than memory can hold');
    }
  }
  return tables.size > 1 ? sorted(arenas) : arenas;
}

function readArenaTable(memory: ProcessMemory, variables: ArenaVariables, layout: CpythonLayout) {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const table = memory.readWord(variables.arenas);
    const count = (memory.readWord(variables.maxArenas) ?? 0) % 2 ** 32;
    if (table === undefined) throw vanished(memory);
    if (!isTableLength(count, layout)) continue;
    const arenas = readTable(memory, table, count, layout);
    if (arenas !== undefined) return { address: table, rows: arenas };
  }
  throw new ReadFailure('busy', "the table of pymalloc's arenas changes faster than it can be read");
}

/** The table comes from malloc: it lies in memory that is no file's. */
function isAnonymous(mappings: readonly Mapping[], table: number, count: number): boolean {
  const mapping = findMapping(mappings, table);
  return mapping?.writable === true && mapping.inode === 0 && table + count * arenaObjectBytes <= mapping.end;
}

function isTableLength(count: number, { arenaBytes }: CpythonLayout): boolean {
  return count >= initialArenas && count <= maxHeapBytes / arenaBytes && (count & (count - 1)) === 0;
}

interface ReadBudget {
  readsLeft: number;
}

/** The arenas by address; undefined when a row contradicts the layout or another row, or when the budget is used up. */
function readTable(
  memory: ProcessMemory,
  address: number,
  count: number,
  layout: CpythonLayout,
  budget: ReadBudget = { readsLeft: Number.POSITIVE_INFINITY },
): Arena[] | undefined {
  const bytes = Buffer.allocUnsafe(Math.min(count, moreRows) * arenaObjectBytes);
  const arenas: Arena[] = [];
  for (let row = 0; row < count; ) {
    if (budget.readsLeft-- <= 0) return undefined;
    const rows = Math.min(count - row, row === 0 ? firstRows : moreRows);
    memory.read(address + row * arenaObjectBytes, bytes, 0, rows * arenaObjectBytes);
    if (!parseArenas(bytes, rows, layout, arenas)) return undefined;
    row += rows;
  }
  return overlap(sorted(arenas), layout) ? undefined : arenas;
}

/** In place. */
function sorted(arenas: Arena[]): Arena[] {
  return arenas.sort((a, b) => a.address - b.address);
}

/** Objects of an arena that stands in the table twice would be counted twice. */
function overlap(ascending: readonly Arena[], { arenaBytes }: CpythonLayout): boolean {
  for (let index = 1; index < ascending.length; index++) {
    if (ascending[index]!.address < ascending[index - 1]!.address + arenaBytes) return true;
  }
  return false;
}

/** Adds the arenas of some rows. False when a row contradicts the layout. A row whose address is 0 is free. */
function parseArenas(table: Buffer, rows: number, layout: CpythonLayout, arenas: Arena[]): boolean {
  const { arenaBytes, poolBytes } = layout;
  const mostPools = arenaBytes / poolBytes;
  for (let at = 0; at < rows * arenaObjectBytes; at += arenaObjectBytes) {
    const address = readAddress(table, at);
    if (address === 0) continue;
    const end = readAddress(table, at + 8);
    const freePools = table.readUInt32LE(at + 16);
    const totalPools = table.readUInt32LE(at + 20);
    const start = Math.ceil(address / poolBytes) * poolBytes;
    const unaligned = start === address ? 0 : 1;
    const valid =
      address % 16 === 0 &&
      address < 2 ** 47 &&
      totalPools === mostPools - unaligned &&
      freePools <= totalPools &&
      end >= start &&
      end <= address + arenaBytes &&
      end % poolBytes === 0;
    if (!valid) return false;
    arenas.push({ start, end, address, poolsInUse: totalPools - freePools });
  }
  return true;
}

/** The index of the first arena whose address is not below; `arenas` ascend. */
export function firstArenaFrom(arenas: readonly Arena[], address: number): number {
  let low = 0;
  let high = arenas.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (arenas[middle]!.address >= address) high = middle;
    else low = middle + 1;
  }
  return low;
}
