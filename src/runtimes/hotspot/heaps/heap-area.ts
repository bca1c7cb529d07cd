import type { ProcessMemory } from '../../../memory/process-memory.ts';

/** A stretch of the heap where objects stand one behind the other from `start` to `top`. */
export interface HeapArea {
  readonly start: number;
  /** Exclusive. */
  readonly top: number;
  /** Its objects move or die with the next collection, whatever that collects. */
  readonly young: boolean;
  /** Address of the JVM's own record of it. */
  readonly record: number;
  /** How much of the record changes only when the area is emptied, or what is dead in it is found. */
  readonly recordBytes?: number;
  /** Bytes at a multiple of which its objects begin, where that is more than elsewhere. */
  readonly alignment?: number;
}

/** Reads a heap as ProcessMemory does. */
export type HeapMemory = Pick<ProcessMemory, 'read' | 'nextPresent'>;

/** What a census asks of a garbage collector. */
export interface HeapAreas {
  /** Whether objects move while the program runs, and not only while it stands still. */
  readonly movesConcurrently: boolean;
  /** Whether objects of old areas stay where they are until a full collection or, in G1, one that empties their region. */
  readonly objectsStay: boolean;
  /** All areas with objects, as they are now, ascending by address; taken from the JVM anew at each call. */
  list(): readonly HeapArea[];
  /** Whether what was in an old area when it was listed can still be there. */
  stands(area: HeapArea): boolean;
  /** Where the areas are read, unless it is the process's memory as it is. */
  readonly memory?: HeapMemory;
  /** An area's address from a pointer, where they are not the same. */
  addressOf?(pointer: number): number;
}
