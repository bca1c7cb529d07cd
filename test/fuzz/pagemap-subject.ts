import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PageCache } from '../../src/memory/page-cache.ts';
import { pageSize } from '../../src/memory/pagemap.ts';
import { ProcessMemory } from '../../src/memory/process-memory.ts';
import { awkwardWords } from './mutation.ts';
import type { Random } from './random.ts';
import type { Subject } from './subject.ts';

/** The file is longer than the memory and shorter than what is read: pages vanish, and the end comes early. */
const entries = 96;
const memoryPages = 64;
const mostRead = 600 * pageSize;

/** Pagemaps of any content, read at addresses that a hostile structure may name. */
export function pagemapSubject(): Subject {
  const procfsPath = mkdtempSync(join(tmpdir(), 'heapwatch-fuzz-'));
  mkdirSync(join(procfsPath, '7'));
  writeFileSync(join(procfsPath, '7/mem'), Buffer.alloc(memoryPages * pageSize, 0xa5));
  writeFileSync(join(procfsPath, '7/pagemap'), Buffer.alloc(entries * 8));
  const pagemap = openSync(join(procfsPath, '7/pagemap'), 'r+');
  const memory = new ProcessMemory({ pid: 7, startTicks: 1, procfsPath });
  onTestFinished(() => {
    memory.close();
    closeSync(pagemap);
    rmSync(procfsPath, { recursive: true });
  });
  const into = Buffer.alloc(mostRead + 32);
  return {
    name: 'pagemap',
    share: 60,
    mostBytes: 8 * 2 ** 20,
    prepare(random) {
      const words = Array.from({ length: entries }, () => entry(random));
      const [address, length, at] = [
        anyAddress(random),
        random.below(random.oneIn(4) ? mostRead : 9000),
        random.below(16),
      ];
      return () => {
        writeSync(pagemap, BigUint64Array.from(words), 0, entries * 8, 0);
        into.fill(0x5a, 0, at + length + 16);
        const seen = memory.read(address, into, at, length);
        checkFilled(into, at, length, seen);
        const cached = new PageCache(memory).read(address, length % 9000);
        return { seen, cached: cached?.length ?? 0, word: memory.readWord(address) };
      };
    },
  };
}

function entry(random: Random): bigint {
  return random.pick([() => 0n, () => 1n << 63n, () => 1n << 62n, () => random.word()])();
}

function anyAddress(random: Random): number {
  const near = random.below(entries * pageSize);
  return random.pick([
    () => near,
    () => Number(random.pick(awkwardWords)) + near,
    () => near - 2 ** random.below(54),
  ])();
}

/** Every byte of the target is 0xa5: what was asked for is that or 0, what was not asked for is untouched. */
function checkFilled(into: Buffer, at: number, length: number, seen: number): void {
  let present = 0;
  for (let index = at; index < at + length; index++) {
    if (into[index] === 0xa5) present++;
    else if (into[index] !== 0) throw new Error(`byte ${index - at} of ${length} was not filled`);
  }
  if (present !== seen) throw new Error(`${seen} bytes were said to be seen, ${present} were`);
  const beside = [...into.subarray(0, at), ...into.subarray(at + length, at + length + 16)];
  if (beside.some((byte) => byte !== 0x5a)) {
    throw new Error('bytes beside those that were asked for have changed');
  }
}
