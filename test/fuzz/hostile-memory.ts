import { pageSize } from '../../src/memory/pagemap.ts';
import { isAddressable, ProcessMemory } from '../../src/memory/process-memory.ts';
import type { HeapRecording, Look } from './heap-recording.ts';
import { awkwardWords, mutateWord } from './mutation.ts';
import type { Random } from './random.ts';

/** Not what is there when a case begins: one that was stopped before it, as it had not ended, has put nothing back. */
const realRead = ProcessMemory.prototype.read;

/** A reader that asks for more than this has lost its way. The recorded processes have some 20 MB. */
const mostReadBytes = 8 * 2 ** 30;

/** A recorded process's pages with changes in some of them; undefined stands for a page that has gone. */
export type HostilePages = ReadonlyMap<number, Uint8Array | undefined>;

/** Changes a few fields that a reader looked at: to awkward numbers, or to point at one another. */
export function makeHostile(recording: HeapRecording, random: Random, within: readonly Look[]): HostilePages {
  const changed = new Map<number, Uint8Array | undefined>();
  for (let changes = random.below(random.oneIn(4) ? 60 : 6); changes >= 0; changes--) {
    const { address, length } = random.pick(within);
    const at = address + (random.oneIn(10) ? random.below(length) : 4 * random.below(Math.ceil(length / 4)));
    const page = Math.floor(at / pageSize);
    if (random.oneIn(40)) {
      changed.set(page, undefined);
      continue;
    }
    const original = recording.pages.get(page);
    const bytes = changed.get(page) ?? (original && Uint8Array.from(original));
    if (bytes === undefined) continue;
    changed.set(page, bytes);
    change(Buffer.from(bytes.buffer), at % pageSize, recording, random);
  }
  return changed;
}

function change(bytes: Buffer, at: number, recording: HeapRecording, random: Random): void {
  if (at + 8 > pageSize) {
    bytes[at] = random.below(256);
    return;
  }
  const old = bytes.readBigUInt64LE(at);
  const word = random.oneIn(3) ? pointer(recording, random) : mutateWord(old, random);
  if (random.oneIn(3)) bytes.writeUInt32LE(Number(word & 0xffffffffn), at);
  else bytes.writeBigUInt64LE(word, at);
  if (random.oneIn(50)) bytes.fill(random.pick([0, 1, 0x7f, 0xff]), at, at + random.below(pageSize - at));
}

/** To something that readers know: a struct, the middle of a pool, or just beside. */
function pointer({ structs, areas }: HeapRecording, random: Random): bigint {
  const { address, length } = random.pick(random.oneIn(4) && areas.length > 0 ? areas : structs);
  const offset = random.pick([0, 0, 0, 8, 16, -16, random.below(length)]);
  return BigInt.asUintN(64, BigInt(address + offset) + (random.oneIn(20) ? random.pick(awkwardWords) : 0n));
}

/** The content of a page; undefined when it is not present. */
export type Pages = (page: number) => Uint8Array | undefined;

/** Lets every ProcessMemory read hostile pages instead of its process while `use` runs. */
export function withHostileMemory<Answer>(recording: HeapRecording, hostile: HostilePages, use: () => Answer): Answer {
  return withPages((page) => (hostile.has(page) ? hostile.get(page) : recording.pages.get(page)), use);
}

/** Lets every ProcessMemory read these pages instead of its process while `use` runs. */
export function withPages<Answer>(pages: Pages, use: () => Answer): Answer {
  let asked = 0;
  ProcessMemory.prototype.read = (address, into, at, length) => {
    if (!(length >= 0 && at >= 0 && at + length <= into.byteLength)) {
      throw new RangeError(`a read of ${length} bytes into [${at}, ${into.byteLength})`);
    }
    asked += length;
    if (asked > mostReadBytes) throw new Error('reads without end');
    into.fill(0, at, at + length);
    return isAddressable(address, length) ? fill(pages, address, into.subarray(at, at + length)) : 0;
  };
  try {
    return use();
  } finally {
    ProcessMemory.prototype.read = realRead;
  }
}

/** Answers how many bytes were present. */
function fill(pages: Pages, address: number, into: Uint8Array): number {
  let seen = 0;
  for (let done = 0; done < into.length; ) {
    const page = Math.floor((address + done) / pageSize);
    const from = address + done - page * pageSize;
    const step = Math.min(into.length - done, pageSize - from);
    const bytes = pages(page);
    if (bytes !== undefined) {
      into.set(bytes.subarray(from, from + step), done);
      seen += step;
    }
    done += step;
  }
  return seen;
}
