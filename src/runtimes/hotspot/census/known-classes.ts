import { AddressTable } from '../../address-table.ts';
import type { KlassFacts } from './klass-reader.ts';

/** Classes that one census knows; objects of further ones cannot be counted, as their size is not kept. */
const maxClasses = 2 ** 17;
/** The objects of further ones are summed under `(other)`. */
const maxNames = 2 ** 16;

/** In `words`: objects of the class differ in size, or it is no class. */
export const isArray = 0;
export const isMirror = -1;
export const isNone = -2;

/** Most programs have objects of 500 to 5,000 classes. */
const initialSlots = 2 ** 12;
/** Classes and what merely looked like one. */
const mostSlots = 2 ** 19;

/** Id 0 is "no class". */
const none = 0;

/** A name with its place in a list, as measured: most have 20 to 60 characters. */
const bytesOfName = 100;

/**
 * The classes that a census has met, by ids, and how large their objects are. The typed arrays are public, as whoever
 * counts objects looks into them for every one; they are replaced as they grow.
 */
export class KnownClasses {
  /** From what an object's header says of its class to the class's id. */
  readonly table = new AddressTable({ initialSlots, mostSlots });
  readonly names: string[] = [''];
  /** Words (4 bytes) of an object, or what stands for their not being known. */
  words = new Int32Array(1024).fill(isNone);
  /** Of arrays the bytes before the elements; of java.lang.Class the word that holds the size. */
  headerBytes = new Int32Array(1024);
  elementBytes = new Int32Array(1024);

  /** What they take, roughly. */
  get bytes(): number {
    return 12 * (this.table.ids.length + this.words.length) + bytesOfName * this.names.length;
  }

  /** Whether there is room for another one. */
  get isFull(): boolean {
    return this.names.length >= maxClasses;
  }

  /** Adds what is not known yet; answers its id, 0 for what is no class. */
  add(low: number, high: number, facts: KlassFacts | undefined): number {
    const id = facts === undefined ? none : this.#addFacts(facts);
    this.table.add(low, high, id);
    return id;
  }

  /** Whether the class of an id is the same here as that of another id there. */
  isSame(id: number, others: KnownClasses, other: number): boolean {
    return (
      this.names[id] === others.names[other] &&
      this.words[id] === others.words[other] &&
      this.headerBytes[id] === others.headerBytes[other] &&
      this.elementBytes[id] === others.elementBytes[other]
    );
  }

  #addFacts({ name, shape }: KlassFacts): number {
    const id = this.names.length;
    this.names.push(id < maxNames ? name : '(other)');
    if (id >= this.words.length) {
      this.words = grown(this.words);
      this.headerBytes = grown(this.headerBytes);
      this.elementBytes = grown(this.elementBytes);
    }
    this.words[id] = shape.kind === 'instance' ? shape.bytes / 4 : shape.kind === 'array' ? isArray : isMirror;
    if (shape.kind === 'array') {
      this.headerBytes[id] = shape.headerBytes;
      this.elementBytes[id] = shape.elementBytes;
    } else if (shape.kind === 'mirror') {
      this.headerBytes[id] = shape.sizeOffset / 4;
    }
    return id;
  }
}

function grown(old: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(old.length * 2);
  larger.set(old);
  return larger;
}
