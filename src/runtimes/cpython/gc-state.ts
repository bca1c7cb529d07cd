import type { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import { unsupportedBuild } from '../unsupported-build.ts';
import type { PythonImage } from './image.ts';
import type { Interpreters } from './interpreters.ts';
import type { CpythonLayout, GcLayout } from './layouts/layout.ts';

/** Where the collector's state of one interpreter (of the process, up to 3.8) lies, found and checked. */
export interface GcState {
  /** Addresses of the list heads of generations 0, 1, 2. */
  readonly generationHeads: readonly number[];
  /** Address of `enabled`, an int. Absent, as the next ones: a stripped CPython 2.7 or 3.6 does not tell. */
  readonly enabled?: number;
  /** Address of the generations' counters. */
  readonly stats?: number;
  /** Address of the pointer to the list gc.garbage. */
  readonly garbage?: number;
  /** Address of the number of objects that the last full collection kept. */
  readonly longLivedTotal?: number;
}

const attempts = 20;

/**
 * Finds every interpreter's GC state. Throws `unsupported` when what the main one has is not what the layout says, `busy`
 * when it is another: that is in the list before it has been made, and while it ends.
 */
export function findGcStates(
  memory: ProcessMemory,
  image: PythonImage,
  { gc }: CpythonLayout,
  { holders, gcOffset }: Interpreters,
): GcState[] {
  if (gcOffset === undefined) return [findBySymbols(memory, image, gc)];
  return holders.map((holder, index) => {
    const state = checkGcState(memory, holder + gcOffset, gc);
    if (state !== undefined) return state;
    if (index === holders.length - 1) throw misplaced();
    throw new ReadFailure('busy', 'one of its interpreters is just starting or ending');
  });
}

/** Up to 3.6 the collector's state is static variables; only a pointer to the generations is exported. */
function findBySymbols(memory: ProcessMemory, { symbols }: PythonImage, layout: GcLayout): GcState {
  const generations = memory.readWord(symbols.get('_PyGC_generation0') ?? 0);
  const heads = generations === undefined ? undefined : findHeads(memory, [generations], layout);
  if (heads === undefined) throw misplaced();
  const [enabled, stats, garbage, longLivedTotal] = ['enabled', 'generation_stats', 'garbage', 'long_lived_total'].map(
    (name) => symbols.get(name),
  );
  return {
    generationHeads: heads,
    ...(enabled !== undefined && { enabled }),
    ...(stats !== undefined && { stats }),
    ...(garbage !== undefined && { garbage }),
    ...(longLivedTotal !== undefined && { longLivedTotal }),
  };
}

function misplaced(): ReadFailure {
  return unsupportedBuild('CPython', "the collector's generations are not where this version has them");
}

function checkGcState(memory: ProcessMemory, address: number, layout: GcLayout): GcState | undefined {
  const heads = findHeads(
    memory,
    layout.generations.map((offset) => address + offset),
    layout,
  );
  if (heads === undefined) return undefined;
  return {
    generationHeads: heads,
    enabled: address + layout.enabled,
    stats: address + layout.generationStats,
    garbage: address + layout.garbage,
    ...(layout.unused.every((offset) => memory.readWord(address + offset) === 0) && {
      longLivedTotal: address + layout.longLivedTotal,
    }),
  };
}

/** The generations' heads are three rings in a row. */
function findHeads(memory: ProcessMemory, places: readonly number[], { generationBytes }: GcLayout) {
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (const place of places) {
      const heads = [0, 1, 2].map((generation) => place + generation * generationBytes);
      // The young generation changes at every allocation: the two older ones decide.
      if (isRing(memory, heads[1]!) && isRing(memory, heads[2]!)) return heads;
    }
  }
  return undefined;
}

/**
 * `head.next.prev` is the head again, or `head.prev.next`: while a collection runs, which may be seconds, the objects it
 * looks at keep counts where `prev` was, but for the head.
 */
function isRing(memory: ProcessMemory, head: number): boolean {
  return leadsBack(memory, head, 0, 8) || leadsBack(memory, head, 8, 0);
}

function leadsBack(memory: ProcessMemory, head: number, there: number, back: number): boolean {
  const neighbour = memory.readWord(head + there);
  if (neighbour === undefined || neighbour === 0 || neighbour % 4 !== 0) return false;
  const word = memory.readWord(neighbour + back);
  // The two low bits are flags.
  return word !== undefined && word - (word % 4) === head;
}
