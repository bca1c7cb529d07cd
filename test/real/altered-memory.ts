import { onTestFinished } from 'vitest';
import { pageSize } from '../../src/memory/pagemap.ts';
import { ProcessMemory } from '../../src/memory/process-memory.ts';

/** Gets what was read; may change the bytes, and answers how many of them there shall have been. */
export type Alter = (address: number, bytes: Uint8Array, seen: number) => number;

/** Lets every ProcessMemory see an altered process until the test ends. Answers what sets the alteration. */
export function alterMemory(): (alter: Alter | undefined) => void {
  const { read } = ProcessMemory.prototype;
  let current: Alter | undefined;
  ProcessMemory.prototype.read = function (address, into, at, length) {
    const seen = read.call(this, address, into, at, length);
    const left = current ? current(address, into.subarray(at, at + length), seen) : seen;
    if (left < seen) this.swappedBytes += pageSize;
    return left;
  };
  onTestFinished(() => {
    ProcessMemory.prototype.read = read;
  });
  return (alter) => {
    current = alter;
  };
}

/** As if the page of this address were in swap. */
export function withoutPage(hidden: number): Alter {
  const start = hidden - (hidden % pageSize);
  return (address, bytes, seen) => {
    const from = Math.max(address, start);
    const to = Math.min(address + bytes.length, start + pageSize);
    if (to <= from) return seen;
    bytes.fill(0, from - address, to - address);
    return Math.max(0, seen - (to - from));
  };
}
