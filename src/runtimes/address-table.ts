/**
 * A table from an address, or what an object's header says in its place, to an id. Open-addressed over typed arrays: it is
 * asked for nearly every object of a heap. The arrays are public, as the hottest loop looks into them itself.
 */
export class AddressTable {
  low: Int32Array;
  high: Int32Array;
  /** -1 in a slot that is free. */
  ids: Int32Array;
  readonly #mostSlots: number;
  #used = 0;

  /** Both are powers of two. Past half of `mostSlots` nothing is added: what is unknown is looked up again at each sight. */
  constructor({ initialSlots, mostSlots }: { initialSlots: number; mostSlots: number }) {
    this.low = new Int32Array(initialSlots);
    this.high = new Int32Array(initialSlots);
    this.ids = new Int32Array(initialSlots).fill(-1);
    this.#mostSlots = mostSlots;
  }

  /** -1 when it is not in the table. */
  find(low: number, high: number): number {
    return this.ids[this.#slotOf(low, high)]!;
  }

  /** Adds what is not in the table, unless that is full. */
  add(low: number, high: number, id: number): void {
    if (this.#used * 2 >= this.#mostSlots) return;
    this.#put(low, high, id);
    if (this.#used * 2 > this.ids.length) this.#grow();
  }

  /** Forgets everything, and keeps its size. */
  clear(): void {
    this.ids.fill(-1);
    this.#used = 0;
  }

  #slotOf(low: number, high: number): number {
    const mask = this.ids.length - 1;
    let slot = hashOfAddress(low, high) & mask;
    while (this.ids[slot]! >= 0 && (this.low[slot] !== low || this.high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #put(low: number, high: number, id: number): void {
    const slot = this.#slotOf(low, high);
    this.low[slot] = low;
    this.high[slot] = high;
    this.ids[slot] = id;
    this.#used++;
  }

  #grow(): void {
    const [lows, highs, ids] = [this.low, this.high, this.ids];
    const length = ids.length * 2;
    this.low = new Int32Array(length);
    this.high = new Int32Array(length);
    this.ids = new Int32Array(length).fill(-1);
    this.#used = 0;
    for (let old = 0; old < ids.length; old++) if (ids[old]! >= 0) this.#put(lows[old]!, highs[old]!, ids[old]!);
  }
}

/** Fibonacci hashing; what is told apart lies 8 bytes or more apart, and narrow pointers to it may be shifted. */
export function hashOfAddress(low: number, high: number): number {
  return Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x9e3779b1) >>> 9;
}
