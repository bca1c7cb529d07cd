import { ClassTally } from '../../../src/runtimes/hotspot/census/class-tally.ts';
import type { KlassFacts } from '../../../src/runtimes/hotspot/census/klass-reader.ts';
import type { ObjectHeader } from '../../../src/runtimes/hotspot/census/object-header.ts';

/** Narrow class pointers in the third word, as most JVMs have them; the address is the pointer. */
const narrowHeader: ObjectHeader = {
  ...{ klassWord: 2, klassShift: 0, wide: false, lengthWord: 3 },
  klassAddress: (low) => low >>> 0,
};

/** Classes by address. */
export const klasses: Readonly<Record<number, KlassFacts>> = {
  8: { name: 'Order', shape: { kind: 'instance', bytes: 24 } },
  16: { name: 'byte[]', shape: { kind: 'array', headerBytes: 16, elementBytes: 1 } },
  24: { name: 'long[]', shape: { kind: 'array', headerBytes: 16, elementBytes: 8 } },
  32: { name: 'java.lang.Class', shape: { kind: 'mirror', sizeOffset: 16 } },
  40: { name: 'jdk.internal.vm.FillerElement[]', shape: { kind: 'array', headerBytes: 16, elementBytes: 4 } },
};

export const order = [1, 0, 8, 0, 7, 7];
/** With `length` elements, which are not zero. */
export const bytesOf = (length: number) => [1, 0, 16, length, ...Array<number>(2 * Math.ceil(length / 8)).fill(-1)];
export const longs = (length: number) => [1, 0, 24, length, ...Array<number>(2 * length).fill(-1)];
/** Of as many words of 8 bytes. */
export const mirror = (size: number) => [1, 0, 32, 0, size, ...Array<number>(2 * size - 5).fill(0)];
export const filler = (length: number) => [1, 0, 40, length, ...Array<number>(length + (length % 2)).fill(0)];

export function tallyOf(facts = klasses, header = narrowHeader): ClassTally {
  return new ClassTally(header, 8, (address) => facts[address]);
}

/** Counts by name. */
export function countsOf(tally: ClassTally): Record<string, [count: number, bytes: number]> {
  return Object.fromEntries(tally.types().map(({ type, count, bytes }) => [type, [count, bytes]]));
}
