import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import type { HeapVitals, LiveFloor } from '../../../model/vitals.ts';
import type { Session } from '../../runtime.ts';
import { giveUp } from '../../vanished.ts';
import { type AttachedNode, attach } from '../attach.ts';
import { findIsolates, type Isolate } from '../isolates.ts';
import { createGcSum } from './gc-counts.ts';
import { type IsolateVitals, readIsolateVitals } from './heap-vitals.ts';
import { sumOfKnown } from './known-sum.ts';
import { createLiveFloors } from './live-floors.ts';

/** Opens a Node.js process for vitals. Throws `ReadFailure`. */
export function openSession(process: ProcessRef): Session {
  const node = attach(process);
  const { memory, layout } = node;
  const sumCollections = createGcSum();
  const floorsOf = createLiveFloors();
  try {
    findIsolates(node);
  } catch (error) {
    throw giveUp(error, memory);
  }
  return {
    vitals(): HeapVitals {
      const isolates = findIsolatesAgain(node);
      const main = isolates.find(({ isMain }) => isMain) ?? isolates[0]!;
      const heaps = new Map(isolates.map((isolate) => [isolate.id, readIsolateVitals(memory, layout, isolate)]));
      return {
        ...heapSize([...heaps.values()]),
        ...limits(main, heaps, floorsOf(heaps)),
        gc: sumCollections([...heaps].map(([isolate, heap]) => countsOf(isolate, heap))),
      };
    },
    close: () => memory.close(),
  };
}

/** Where there was a heap that was as it should be, the build is none that cannot be read. */
function findIsolatesAgain(node: AttachedNode): Isolate[] {
  try {
    return findIsolates(node);
  } catch (error) {
    if (!(error instanceof ReadFailure) || error.kind !== 'unsupported') throw error;
    throw new ReadFailure('busy', 'no heap of this Node.js can be read just now: it is ending, or changing', {
      cause: error,
    });
  }
}

function countsOf(isolate: number, { minorCollections, majorCollections }: IsolateVitals) {
  return { isolate, minor: minorCollections, major: majorCollections };
}

/** Sums over all isolates. */
function heapSize(heaps: readonly IsolateVitals[]) {
  const used = sumOfKnown(heaps.map(({ usedBytes }) => usedBytes));
  const committed = sumOfKnown(heaps.map(({ committedBytes }) => committedBytes));
  const buffers = sumOfKnown(heaps.map(({ arrayBufferBytes }) => arrayBufferBytes));
  const other = sumOfKnown(heaps.map(({ otherExternalBytes }) => otherExternalBytes));
  const accounted = sumOfKnown([committed, buffers, other]);
  return {
    ...(used !== undefined && { usedBytes: used }),
    ...(committed !== undefined && { committedBytes: committed }),
    ...(accounted !== undefined && { accountedBytes: accounted }),
    spaceUsedBytes: sumSpaces(heaps),
    externalBytes: {
      ...(buffers !== undefined && { array_buffer: buffers }),
      ...(other !== undefined && { other }),
    },
  };
}

/** Of the spaces that are known of every heap: in the middle of a collection its new space is not. */
function sumSpaces(heaps: readonly IsolateVitals[]): Record<string, number> {
  const sums = Object.keys(heaps[0]?.spaceUsedBytes ?? {}).map(
    (space) => [space, sumOfKnown(heaps.map(({ spaceUsedBytes }) => spaceUsedBytes[space]))] as const,
  );
  return Object.fromEntries(sums.flatMap(([space, bytes]) => (bytes === undefined ? [] : [[space, bytes]])));
}

/**
 * Each isolate has a limit of its own. The floor is that of all which have had a full collection (the others are small, some
 * of them for ever); unknown as long as the main isolate's is.
 */
function limits(
  main: Isolate,
  heaps: ReadonlyMap<number, IsolateVitals>,
  floors: ReadonlyMap<number, LiveFloor>,
): Pick<HeapVitals, 'limitBytes' | 'live' | 'bindingHeap'> {
  const limitBytes = heaps.get(main.id)?.limitBytes;
  const bindingHeap = heaps.size > 1 && limitBytes ? (findBindingHeap(heaps, floors) ?? { limitBytes }) : undefined;
  const all = [...floors.values()];
  return {
    ...(limitBytes !== undefined && { limitBytes }),
    ...(floors.has(main.id) && {
      live: {
        bytes: sumOfKnown(all.map(({ bytes }) => bytes))!,
        atSeconds: Math.max(...all.map((floor) => floor.atSeconds)),
      },
    }),
    ...(bindingHeap && { bindingHeap }),
  };
}

function findBindingHeap(heaps: ReadonlyMap<number, IsolateVitals>, floors: ReadonlyMap<number, LiveFloor>) {
  const known = [...heaps].flatMap(([isolate, { limitBytes }]) => {
    const liveBytes = floors.get(isolate)?.bytes;
    return limitBytes === undefined || liveBytes === undefined ? [] : { limitBytes, liveBytes };
  });
  return known.toSorted((a, b) => b.liveBytes / b.limitBytes - a.liveBytes / a.limitBytes)[0];
}
