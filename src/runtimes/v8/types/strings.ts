// V8's strings, as far as the names of types need them: src/objects/string.h of V8 10.2 to 14.6. Map, hash (u32), length
// (i32); then the characters, or pointers to other strings.
import { readAddress } from '../../../memory/address.ts';
import type { PageCache } from '../../../memory/page-cache.ts';

const instanceTypeOffset = 12; // of a map
const firstNonstringType = 128;
const oneByteBit = 8;
const formMask = 7;
const forms = { sequential: 0, cons: 1, sliced: 3, thin: 5 };
const headerBytes = 32;

/** A name is for people; what is longer is cut. */
const maxNameLength = 256;
/** Ropes are flat when something has looked at them; names mostly are. */
const maxDepth = 8;

/** An object's address without the tag; undefined for a small integer or a weak pointer. */
export function untagged(word: number): number | undefined {
  return word % 4 === 1 ? word - 1 : undefined;
}

/** The text of a string, cut to a name's length; undefined when there is none at the address, or outside the heap. */
export function readString(pages: PageCache, address: number, depth = 0): string | undefined {
  const header = pages.read(address, headerBytes) ?? pages.read(address, headerBytes / 2);
  const map = header && untagged(readAddress(header, 0));
  const type = map && pages.read(map + instanceTypeOffset, 2)?.readUInt16LE(0);
  if (header === undefined || type === undefined || type >= firstNonstringType || depth > maxDepth) return undefined;
  const length = Math.min(header.readUInt32LE(12), maxNameLength);
  const part = (offset: number) => {
    const pointer = offset + 8 <= header.length ? untagged(readAddress(header, offset)) : undefined;
    return pointer === undefined ? undefined : readString(pages, pointer, depth + 1);
  };
  switch (type & formMask) {
    case forms.sequential: {
      if ((type & oneByteBit) !== 0) return pages.read(address + 16, length)?.toString('latin1');
      return pages.read(address + 16, 2 * length)?.toString('utf16le');
    }
    case forms.cons: {
      const first = part(16);
      return first === undefined ? undefined : (first + (part(24) ?? '')).slice(0, maxNameLength);
    }
    case forms.sliced: {
      // Its offset is a small integer; a name that begins far inside another text is cut with that.
      const from = header.length >= headerBytes ? header.readUInt32LE(28) : 0;
      return part(16)?.slice(from, from + length) || undefined;
    }
    case forms.thin:
      return part(16);
    default:
      return undefined;
  }
}
