import { onTestFinished } from 'vitest';
import { parseMappings } from '../../src/memory/mappings.ts';
import { PageCache } from '../../src/memory/page-cache.ts';
import { type AttachedNode, attach } from '../../src/runtimes/v8/attach.ts';
import { AllocationAreas } from '../../src/runtimes/v8/census/allocation-areas.ts';
import { PageScan } from '../../src/runtimes/v8/census/page-scan.ts';
import { findPages, type HeapPage } from '../../src/runtimes/v8/census/pages.ts';
import { Tally } from '../../src/runtimes/v8/census/tally.ts';
import { bufferFields, PageWalk } from '../../src/runtimes/v8/census/walk.ts';
import { findYoungEnds } from '../../src/runtimes/v8/census/young-pages.ts';
import { type Constants, readConstants } from '../../src/runtimes/v8/constants.ts';
import { v8 } from '../../src/runtimes/v8/index.ts';
import { findIsolates, type Isolate } from '../../src/runtimes/v8/isolates.ts';
import { MapReader } from '../../src/runtimes/v8/types/maps.ts';
import { type HeapRecording, type Look, recordHeap } from './heap-recording.ts';
import { makeHostile, withHostileMemory } from './hostile-memory.ts';
import type { Random } from './random.ts';
import type { Subject } from './subject.ts';

/** A recorded Node.js with all its parts found. */
interface Patient extends HeapRecording {
  readonly node: AttachedNode;
  readonly constants: Constants;
  readonly isolates: readonly Isolate[];
  readonly heapPages: readonly HeapPage[];
}

const noAbort = new Int32Array(new SharedArrayBuffer(4));
/** A page and a cache of pages, the table of maps as it grows, and what is counted for each. */
const mostBytes = 64 * 2 ** 20;
const pagesAtOnce = 3;

/** All that a census reads of V8's heap, on what a real one looked like. */
export function v8Subjects(pid: number): readonly Subject[] {
  const patient = admit(recordHeap(pid, v8));
  const subject = (name: string, share: number, within: readonly Look[], run: (random: Random) => () => unknown) => ({
    name,
    share,
    mostBytes,
    prepare(random: Random) {
      const read = run(random);
      const hostile = makeHostile(patient, random, within);
      return () => withHostileMemory(patient, hostile, read);
    },
  });
  const headers = patient.heapPages.flatMap(({ address, base }) => [
    { address, length: 128 },
    { address: base, length: 128 },
  ]);
  const pages = patient.heapPages.map(({ start, end }) => ({ address: start, length: end - start }));
  return [
    subject('v8 pages', 300, [...headers, ...patient.structs], () => () => findHeapPages(patient)),
    subject('v8 objects', 400, [...pages, ...patient.structs], (random) => () => count(patient, pick(patient, random))),
    subject('v8 maps', 300, patient.structs, (random) => () => count(patient, pick(patient, random))),
  ];
}

function admit(recording: HeapRecording): Patient {
  return withHostileMemory(recording, new Map(), () => {
    const node = attach(recording.process);
    onTestFinished(() => node.memory.close());
    const mappings = parseMappings(recording.maps);
    const constants = readConstants(recording.process, mappings, node.image.path);
    const isolates = findIsolates(node);
    const heapPages = findPages(node.memory, mappings, isolates, node.layout, noAbort);
    return { ...recording, node, constants, isolates, heapPages };
  });
}

function findHeapPages({ node, maps }: Patient): unknown {
  const isolates = findIsolates(node);
  const pages = findPages(node.memory, parseMappings(maps), isolates, node.layout, noAbort);
  const areas = new AllocationAreas(node.memory, isolates, pages, node.layout);
  const ends = findYoungEnds(node.memory, isolates, pages, node.layout);
  return {
    pages: pages.length,
    areas: pages.flatMap((page) => areas.read(page) ?? []),
    ends: [...(ends?.values() ?? [])],
  };
}

function pick({ heapPages }: Patient, random: Random): HeapPage[] {
  return Array.from({ length: pagesAtOnce }, () => random.pick(heapPages));
}

function count({ node, constants, isolates, heapPages }: Patient, pages: readonly HeapPage[]): unknown {
  const { memory, layout } = node;
  const maps = new MapReader(new PageCache(memory), constants);
  const tally = new Tally((map, object) => maps.read(map, object));
  const walk = new PageWalk(tally, bufferFields(constants));
  const areas = new AllocationAreas(memory, isolates, heapPages, layout);
  const scan = new PageScan({ node, walk, areas, abort: noAbort });
  scan.scan(pages.filter(({ generation }) => generation !== 'young'));
  const ends = findYoungEnds(memory, isolates, heapPages, layout);
  scan.scanYoung(new Map([...(ends ?? [])].filter(([page]) => pages.includes(page))));
  return { types: tally.types(), scannedBytes: scan.scannedBytes, lostBytes: walk.lostBytes };
}
