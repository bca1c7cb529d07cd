// How Node.js keeps its isolates, the heaps of the main thread and of the worker threads: node::per_process::v8_platform of
// src/node_v8_platform-inl.h holds the NodePlatform, whose `per_isolate_` (src/node_platform.h) is a std::unordered_map by
// Isolate*, of libstdc++: buckets, their number, the first node, how many; a node begins with the next one and the key.

import { readAddress } from '../../memory/address.ts';
import type { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import { unlessStarting } from '../starting.ts';
import { unsupportedBuild } from '../unsupported-build.ts';
import { vanished } from '../vanished.ts';
import type { AttachedNode } from './attach.ts';
import { findHeap } from './heap-check.ts';
import { platformSymbol } from './image.ts';

/** One heap: that of the main thread or of a worker. Its fields have passed the check a moment ago. */
export interface Isolate {
  readonly address: number;
  /** Another isolate may stand where one has ended, with another number. */
  readonly id: number;
  /** Of the v8::internal::Heap in it. */
  readonly heap: number;
  /** A copy of that. */
  readonly heapBytes: Buffer;
  readonly isMain: boolean;
}

/** Where `v8_platform` may have its NodePlatform: another member before it moved away in late 24 and 26. */
const platformOffsets = [0x28, 0x10];
const isolateMap = 0x30;
/** Workers have a thread and 4 MB each at least. */
const mostIsolates = 4096;
/** `real_jslimit` of the stack guard at the start of each isolate: how deep the thread may go that runs it. */
const stackLimit = 0x10;

/**
 * Finds the isolates there are now and checks each; one that is just starting or ending is left out. Throws `busy` when
 * there is none yet or one is in swap, `unsupported` when none is as its version has it.
 */
export function findIsolates(node: AttachedNode): Isolate[] {
  const { swappedBytes } = node.memory;
  const addresses = listIsolates(node);
  const isolates = addresses.flatMap((address) => checkIsolate(node, address) ?? []);
  // One that cannot be seen has not ended.
  if (isolates.length < addresses.length && node.memory.swappedBytes > swappedBytes) throw vanished(node.memory);
  if (isolates.length > 0) return isolates;
  if (addresses.length === 0) throw new ReadFailure('busy', 'this Node.js has no isolate yet: it is just starting');
  const refusal = unsupportedBuild('Node.js', 'no heap of it is laid out as its version has it');
  throw unlessStarting(refusal, node.memory.process);
}

function checkIsolate({ memory, layout, mainStack }: AttachedNode, address: number): Isolate | undefined {
  const found = findHeap(memory, layout, address);
  if (found === undefined) return undefined;
  const limit = memory.readWord(address + stackLimit) ?? 0;
  const id = found.heapBytes.readUInt32LE(layout.heap.isolateId);
  return { address, id, ...found, isMain: limit >= mainStack.start && limit < mainStack.end };
}

/** The addresses that Node.js knows as isolates. Throws `gone`, `busy`. */
function listIsolates({ memory, image }: AttachedNode): number[] {
  const v8Platform = image.symbols.get(platformSymbol)!;
  for (const offset of platformOffsets) {
    const platform = memory.readWord(v8Platform + offset);
    if (platform === undefined) throw vanished(memory);
    const map = Buffer.alloc(4 * 8);
    if (memory.read(platform + isolateMap, map, 0, map.length) < map.length) continue;
    const count = readAddress(map, 24);
    const bucketCount = readAddress(map, 8);
    // libstdc++ keeps at least as many buckets as elements.
    if (count > 0 && count <= mostIsolates && count <= bucketCount)
      return listKeys(memory, readAddress(map, 16), count);
  }
  return [];
}

/** Bounded by the count: a node that is just taken out may lead anywhere. */
function listKeys(memory: ProcessMemory, first: number, count: number): number[] {
  const keys = new Set<number>();
  let node: number | undefined = first;
  for (let index = 0; index < count && node; index++) {
    const key = memory.readWord(node + 8);
    if (key !== undefined) keys.add(key);
    node = memory.readWord(node);
  }
  return [...keys];
}
