import { expect, test } from 'vitest';
import type { ProcessMemory } from '../../../src/memory/process-memory.ts';
import { findInterpreters } from '../../../src/runtimes/cpython/interpreters.ts';
import { findLayout } from '../../../src/runtimes/cpython/layouts/index.ts';

const runtime = 0x10000;

/** The first words of _PyRuntime behind the cookie, from _Py_DebugOffsets_INIT of the headers that Debian ships. */
const tables = [
  { build: '3.14.10', words: [0x030e0af0, 1, 0x59438, 0x310, 0x328, 0x3d078, 0x1c70, 0x1c68, 0x1cb0, 0x1cc0, 0x1cf0] },
  { build: '3.15.2', words: [0x030f02f0, 1, 0x63ed0, 0x390, 0x3a8, 0x3d1d8, 0x1c68, 0x1c60, 0x1ca8, 0x1cb8, 0x1ce8] },
];

test.each(tables)(
  'a free-threaded build of CPython $build is refused by its own table of offsets',
  ({ build, words }) => {
    const minor = build.split('.', 2).join('.');
    const find = () => findInterpreters(memoryWith(words), image, findLayout(build)!);
    expect(find).toThrow(
      expect.objectContaining({
        kind: 'unsupported',
        message: expect.stringContaining(`a free-threaded build (python${minor}t), which heapwatch does not read yet`),
      }),
    );
  },
);

test('a table of offsets of another version is refused', () => {
  const find = () => findInterpreters(memoryWith(tables[0]!.words), image, findLayout('3.15.2')!);
  expect(find).toThrow(expect.objectContaining({ message: expect.stringContaining('another version') }));
});

const image = { path: '', symbols: new Map([['_PyRuntime', runtime]]), typeAddress: 0, version: '', writable: [] };

function memoryWith(words: readonly number[]): ProcessMemory {
  const table = Buffer.alloc(1024);
  table.write('xdebugpy', 'latin1');
  for (const [index, word] of words.entries()) table.writeUInt32LE(word, 8 + 8 * index);
  const read: ProcessMemory['read'] = (address, into, at, length) => {
    into.set(table.subarray(address - runtime, address - runtime + length), at);
    return length;
  };
  return { read } as ProcessMemory;
}
