/** Most programs have objects of 500 to 5,000 classes. */
const initialSlots = 2 ** 12;
/** Classes and what merely looked like one; past it, what is unknown is looked up again at each sight. */
const maxSlots = 2 ** 19;

/**
 * A table from what the headers of objects say of their class, two words, to an id. Open-addressed over typed arrays, which
 * are public, as whoever counts objects looks into them for every one.
 */
export class KlassIds {
  low = new Int32Array(initialSlots);
  high = new Int32Array(initialSlots);
  /** -1 in a slot that is free. */
  ids = new Int32Array(initialSlots).fill(-1);
  #used = 0;

  /** -1 when it is not in the table. */
  find(low: number, high: number): number {
    return this.ids[this.#slotOf(low, high)]!;
  }

  /** Adds what is not in the table, unless that is full. */
  add(low: number, high: number, id: number): void {
    if (this.#used * 2 >= maxSlots) return;
    this.#put(low, high, id);
    if (this.#used * 2 > this.ids.length) this.#grow();
  }

  #slotOf(low: number, high: number): number {
    const mask = this.ids.length - 1;
    let slot = hashOfKlass(low, high) & mask;
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

/** Fibonacci hashing; classes lie 8 bytes or more apart, and narrow pointers to them may be shifted. */
export function hashOfKlass(low: number, high: number): number {
  return Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x9e3779b1) >>> 9;
}
