import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pageSize } from '../../../../src/memory/pagemap.ts';
import { ProcessMemory } from '../../../../src/memory/process-memory.ts';
import { memorySource } from '../../../../src/runtimes/hotspot/perf-data/perf-data-memory.ts';
import { readPerfData } from '../../../../src/runtimes/hotspot/perf-data/perf-data-source.ts';
import { recordTree, statText } from '../../../linux/recorded-tree.ts';
import { perfDataBytes } from '../perf-data-bytes.ts';

const present = 1n << 63n;
const swapped = 1n << 62n;

/** Performance data of two pages with nothing behind them, in a recorded process whose pages may change. */
function recordedData() {
  const filler = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`filler.${index}`, index]));
  const bytes = perfDataBytes({ ...filler, last: 7 });
  expect(Math.ceil(bytes.readInt32LE(8) / pageSize)).toBe(2);
  const { path, write } = recordTree({ '7/stat': statText({ pid: 7, startTicks: 1 }) });
  const setPages = (pages: bigint[]) => writeFileSync(join(path, '7/pagemap'), BigUint64Array.from(pages));
  writeFileSync(join(path, '7/mem'), bytes);
  setPages([present, present, 0n, 0n, 0n, 0n, 0n, 0n]);
  const memory = new ProcessMemory({ pid: 7, startTicks: 1, procfsPath: path });
  onTestFinished(() => memory.close());
  const data = readPerfData(memorySource(memory, 0, bytes.length));
  data.read();
  return { data, setPages, write };
}

test('pages behind the data that nobody has touched are not missed', () => {
  expect(recordedData().data.number('last')).toBe(7);
});

test.each([
  ['values', [present, swapped, 0n, 0n, 0n, 0n, 0n, 0n]],
  ['the header', [0n, present, 0n, 0n, 0n, 0n, 0n, 0n]],
])('%s in a page that has gone are not read as 0', (_, pages) => {
  const { data, setPages } = recordedData();
  setPages(pages);
  expect(() => data.read()).toThrow(expect.objectContaining({ kind: 'busy' }));
});

test('without an address space the process is gone', () => {
  const { data, setPages, write } = recordedData();
  setPages([]);
  expect(() => data.read()).toThrow(expect.objectContaining({ kind: 'gone' }));
  write({ '7/stat': undefined });
  expect(() => data.read()).toThrow(expect.objectContaining({ kind: 'gone' }));
});

test('data that claim more than any JVM has are refused', () => {
  const memory = {} as ProcessMemory;
  expect(() => memorySource(memory, 4096, 2 ** 20 + 1)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
});
