import { expect, test } from 'vitest';
import type { ProcessMemory } from '../../../../src/memory/process-memory.ts';
import { findLayout } from '../../../../src/runtimes/cpython/layouts/index.ts';
import { readGcVitals } from '../../../../src/runtimes/cpython/vitals/gc-vitals.ts';

const { gc } = findLayout('3.11.7')!;

test.each([
  { word: 0, told: { gcEnabled: false } },
  { word: 1, told: { gcEnabled: true } },
])('a switch of $word is told as $told', ({ word, told }) => {
  expect(readGcVitals(memoryOf(word), [{ generationHeads: [], enabled: 4096 }], gc)).toEqual({ gc: [], ...told });
});

test('a switch that is neither on nor off is no state of a collector, and the process is not called gone', () => {
  const read = () => readGcVitals(memoryOf(7), [{ generationHeads: [], enabled: 4096 }], gc);
  expect(read).toThrow(expect.objectContaining({ kind: 'unreadable' }));
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 1e300])(
  'collections that took %d seconds are no statistics of a collector',
  (seconds) => {
    const read = () => readGcVitals(ringsOf(seconds), [{ generationHeads: [], stats: 4096 }], findLayout('3.15.2')!.gc);
    expect(read).toThrow(expect.objectContaining({ kind: 'unreadable' }));
  },
);

function memoryOf(word: number): ProcessMemory {
  const read: ProcessMemory['read'] = (_address, into, at, length) => {
    Buffer.from(into.buffer).writeUInt32LE(word, at);
    return length;
  };
  return { read } as ProcessMemory;
}

/** Statistics of 3.15 in which every number is 0, or so many seconds. */
function ringsOf(seconds: number): ProcessMemory {
  const read: ProcessMemory['read'] = (_address, into, at, length) => {
    const bytes = Buffer.from(into.buffer, into.byteOffset + at, length).fill(0);
    for (const ring of [0, 712, 912]) bytes.writeDoubleLE(seconds, ring + 48);
    return length;
  };
  return { read, readWord: () => 8192 } as unknown as ProcessMemory;
}
