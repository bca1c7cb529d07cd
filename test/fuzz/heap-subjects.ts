import { writeFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { type Mapping, parseMappings } from '../../src/memory/mappings.ts';
import { PageCache } from '../../src/memory/page-cache.ts';
import { pageSize } from '../../src/memory/pagemap.ts';
import { ProcessMemory } from '../../src/memory/process-memory.ts';
import { scanMalloc } from '../../src/runtimes/cpython/census/scan-malloc.ts';
import { scanPools } from '../../src/runtimes/cpython/census/scan-pools.ts';
import { Tally } from '../../src/runtimes/cpython/census/tally.ts';
import { TypeReader } from '../../src/runtimes/cpython/census/type-names.ts';
import { findPythonImage, type PythonImage } from '../../src/runtimes/cpython/image.ts';
import { cpython } from '../../src/runtimes/cpython/index.ts';
import { findLayout } from '../../src/runtimes/cpython/layouts/index.ts';
import type { CpythonLayout } from '../../src/runtimes/cpython/layouts/layout.ts';
import type { Session } from '../../src/runtimes/runtime.ts';
import type { HeapRecording, Look } from './heap-recording.ts';
import { makeHostile, withHostileMemory } from './hostile-memory.ts';
import { mutateText } from './mutation.ts';
import type { Random } from './random.ts';
import type { Subject } from './subject.ts';

/** A recorded Python, opened for vitals and for its parts to be read one by one. */
interface Patient extends HeapRecording {
  readonly session: Session;
  readonly memory: ProcessMemory;
  readonly layout: CpythonLayout;
  readonly image: PythonImage;
  readonly mappings: readonly Mapping[];
  /** Pools that lie side by side. */
  readonly pools: readonly Look[];
  /** The rows of the table of arenas. */
  readonly tables: readonly Look[];
}

/** One hostile case of a patient: what may be changed, and what is then read. */
interface Case {
  readonly within: readonly Look[];
  readonly run: () => unknown;
}

const noAbort = new Int32Array(new SharedArrayBuffer(4));
const arenaRowBytes = 48;
/** Table of arenas 48 MiB, five times; segments of data 4 x 16 MiB, also five times; page cache and windows. */
const mostBytes = 5 * (48 + 64) * 2 ** 20 + 8 * 2 ** 20;
/** 256 code points of a module and of a name, and what joins them. */
const mostNameLength = 2 * 512 + 1;

/** All that reads the memory of a CPython, on what real ones looked like. */
export function heapSubjects(recordings: readonly HeapRecording[]): readonly Subject[] {
  const patients = recordings.map(admit);
  const subject = (name: string, share: number, make: (patient: Patient, random: Random) => Case): Subject => ({
    name,
    share,
    mostBytes,
    prepare(random) {
      const patient = random.pick(patients);
      const { within, run } = make(patient, random);
      const hostile = makeHostile(patient, random, within);
      return () => withHostileMemory(patient, hostile, run);
    },
  });
  return [
    subject('open', 10, openCase),
    subject('vitals', 40, ({ session, structs, tables }, random) => ({
      within: random.oneIn(2) ? tables : structs,
      run: () => judge(session),
    })),
    subject('census', 5, ({ process, structs, areas }) => ({
      within: [...structs, ...areas],
      run: () => cpython.census(process, noAbort),
    })),
    subject('types', 40, typesCase),
    subject('pools', 30, poolsCase),
    subject('malloc', 25, mallocCase),
  ];
}

function admit(recording: HeapRecording): Patient {
  const { process, maps, structs, areas } = recording;
  return withHostileMemory(recording, new Map(), () => {
    const session = cpython.open(process);
    const memory = new ProcessMemory(process);
    onTestFinished(() => [session, memory].forEach((open) => void open.close()));
    const mappings = parseMappings(maps);
    const image = findPythonImage(process, mappings);
    const layout = findLayout(cpython.detect(process)?.version ?? '');
    if (!image || !layout) throw new Error('the recording is not of a Python that we know');
    const { poolBytes } = layout;
    const pools = areas.filter(({ address, length }) => address % poolBytes === 0 && length % poolBytes === 0);
    const tables = [...structs, ...areas].filter(
      ({ length }) => length % arenaRowBytes === 0 && length >= 16 * arenaRowBytes,
    );
    if (pools.length === 0 || tables.length === 0) throw new Error('the recording holds no pools');
    return { ...recording, session, memory, layout, image, mappings, pools, tables };
  });
}

function judge(session: Session): unknown {
  const { usedBytes, committedBytes, gc, garbageObjects } = session.vitals();
  return { usedBytes, committedBytes, gc, garbageObjects };
}

/** The whole way from maps and files to vitals; now and then with other maps. */
function openCase({ process, maps, structs }: Patient, random: Random): Case {
  const text = random.oneIn(4) ? mutateText(maps, random) : maps;
  const file = `${process.procfsPath}/${process.pid}/maps`;
  const run = () => {
    writeFileSync(file, text, 'latin1');
    try {
      cpython.detect(process);
      const session = cpython.open(process);
      const answer = judge(session);
      session.close();
      return answer;
    } finally {
      writeFileSync(file, maps, 'latin1');
    }
  };
  return { within: structs, run };
}

function typesCase({ memory, layout, image, structs }: Patient, random: Random): Case {
  const addresses = Array.from({ length: 20 }, () => random.pick(structs).address);
  const run = () => {
    const types = new TypeReader(new PageCache(memory), { read: () => undefined }, layout, image.typeAddress);
    return addresses.flatMap((address) => {
      const facts = types.read(address);
      if (facts !== undefined && facts.name.length > mostNameLength) throw new Error(`a name of ${facts.name.length}`);
      return facts ?? [];
    });
  };
  return { within: structs, run };
}

function poolsCase({ memory, layout, image, pools, structs }: Patient, random: Random): Case {
  const prefixBytes = random.pick([0, 16]);
  const { address, length } = random.pick(pools);
  const start = address + random.below(length / layout.poolBytes) * layout.poolBytes;
  const arena = { address, start, end: start + layout.poolBytes, poolsInUse: 1 };
  const run = () => {
    const tally = tallyOf(memory, layout, image);
    const { scannedBytes, refusedBytes } = scanPools({
      memory,
      arenas: [arena],
      layout,
      tally,
      abort: noAbort,
      prefixBytes,
    });
    return { scannedBytes, refusedBytes, types: tally.types() };
  };
  return { within: [{ address: start, length: layout.poolBytes }, ...structs.slice(0, 20)], run };
}

/** A part of the heap or of another anonymous mapping, taken for the whole of it. */
function mallocCase({ memory, layout, image, mappings }: Patient, random: Random): Case {
  const prefixBytes = random.pick([0, 16]);
  const mapping = random.pick(mappings.filter(({ path, writable }) => writable && (path === '[heap]' || path === '')));
  const start = mapping.path === '' ? mapping.start : mapping.start + random.below(16) * pageSize;
  const end = Math.min(mapping.end, start + 32 * pageSize);
  const run = () => {
    const tally = tallyOf(memory, layout, image);
    const whole = {
      memory,
      mappings: [{ ...mapping, start, end }],
      arenas: [],
      layout,
      tally,
      abort: noAbort,
      prefixBytes,
    };
    const found = scanMalloc(whole);
    const { scannedBytes, refusedBytes, usedBytes, committedBytes } = found;
    return { scannedBytes, refusedBytes, usedBytes, committedBytes, types: tally.types() };
  };
  return { within: [{ address: start, length: end - start }], run };
}

function tallyOf(memory: ProcessMemory, layout: CpythonLayout, image: PythonImage): Tally {
  const types = new TypeReader(new PageCache(memory), { read: () => undefined }, layout, image.typeAddress);
  return new Tally((address) => types.read(address), { start: 0, end: 0 }, layout);
}
