import type { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { GcVitals } from '../../model/vitals.ts';
import { type GenerationStats, readGenerationStats } from './gc-stats.ts';
import type { CpythonLayout } from './layouts/layout.ts';

/** The collector's state of one interpreter (of the process, up to 3.8), found and checked. */
export interface GcState {
  readonly address: number;
  /** Addresses of the list heads of generations 0, 1, 2. */
  readonly generationHeads: readonly number[];
}

const generationBytes = 24; // PyGC_Head (next, prev), threshold, count
const maxInterpreters = 64;
const attempts = 200;

/** Finds every interpreter's GC state. Throws `unsupported` or `busy` when what is there is not what the layout says. */
export function findGcStates(memory: ProcessMemory, runtimeAddress: number, layout: CpythonLayout): GcState[] {
  const { head, next, gc, holder } = offsets(memory, runtimeAddress, layout);
  if (holder === 'runtime') return [checkGcState(memory, runtimeAddress + gc, layout)];
  const states: GcState[] = [];
  let interpreter = memory.readWord(runtimeAddress + head);
  while (interpreter !== undefined && interpreter !== 0 && states.length < maxInterpreters) {
    states.push(checkGcState(memory, interpreter + gc, layout));
    interpreter = memory.readWord(interpreter + next);
  }
  if (states.length === 0) throw new ReadFailure('busy', 'This Python has no interpreter yet: it is just starting.');
  return states;
}

function offsets(memory: ProcessMemory, runtimeAddress: number, layout: CpythonLayout) {
  if ('gcOffset' in layout.runtime) {
    const { interpretersHead, interpreterNext, gcHolder, gcOffset } = layout.runtime;
    return { head: interpretersHead, next: interpreterNext, gc: gcOffset, holder: gcHolder };
  }
  // struct _Py_DebugOffsets of Include/internal/pycore_debug_offsets.h: cookie, version, free_threaded, ...
  const { interpretersHeadWord, interpreterNextWord, gcWord } = layout.runtime;
  const bytes = Buffer.alloc(8 * 16);
  memory.read(runtimeAddress, bytes, 0, bytes.length);
  if (bytes.toString('latin1', 0, 8) !== 'xdebugpy') {
    throw unsupported('the debug offsets at the start of _PyRuntime are missing');
  }
  if (bytes.readUInt32LE(16) !== 0) throw unsupported('it is a free-threaded build, whose heap is laid out otherwise');
  const word = (index: number) => bytes.readUInt32LE(index * 8);
  return { head: word(interpretersHeadWord), next: word(interpreterNextWord), gc: word(gcWord), holder: '' };
}

/** The generations' heads are three rings in a row: `head.next.prev` is the head again. */
function checkGcState(memory: ProcessMemory, address: number, layout: CpythonLayout): GcState {
  const enabled = readUint32(memory, address + layout.gc.enabled);
  for (let attempt = 0; attempt < attempts && (enabled === 0 || enabled === 1); attempt++) {
    for (const offset of layout.gc.generations) {
      const heads = [0, 1, 2].map((generation) => address + offset + generation * generationBytes);
      // The young generation changes at every allocation: the two older ones decide.
      if (isRing(memory, heads[1]!) && isRing(memory, heads[2]!)) return { address, generationHeads: heads };
    }
  }
  throw unsupported("the collector's generations are not where this version has them");
}

function isRing(memory: ProcessMemory, head: number): boolean {
  const next = memory.readWord(head);
  if (next === undefined || next === 0 || next % 4 !== 0) return false;
  const previous = memory.readWord(next + 8);
  // The two low bits of _gc_prev are flags.
  return previous !== undefined && previous - (previous % 4) === head;
}

/** Counters of all interpreters together. */
export function readGcVitals(memory: ProcessMemory, states: readonly GcState[], layout: CpythonLayout): GcVitals[] {
  const all = states.map((state) => readGenerationStats(memory, state, layout));
  return [0, 1, 2].map((generation) => {
    const sum = (pick: (stats: GenerationStats) => number) =>
      all.reduce((total, generations) => total + pick(generations[generation]!), 0);
    return {
      gc: String(generation),
      collections: sum((stats) => stats.collections),
      collectedObjects: sum((stats) => stats.collected),
      uncollectableObjects: sum((stats) => stats.uncollectable),
      ...(all[0]?.[generation]?.seconds !== undefined && { pauseSeconds: sum((stats) => stats.seconds ?? 0) }),
      full: generation === 2,
    };
  });
}

/** `gc.isenabled()` of the main interpreter. */
export function readGcEnabled(memory: ProcessMemory, states: readonly GcState[], layout: CpythonLayout): boolean {
  const enabled = readUint32(memory, mainState(states).address + layout.gc.enabled);
  if (enabled !== 0 && enabled !== 1) throw vanished();
  return enabled === 1;
}

/** `len(gc.garbage)` of all interpreters together. */
export function readGarbage(memory: ProcessMemory, states: readonly GcState[], layout: CpythonLayout): number {
  let objects = 0;
  for (const state of states) {
    const list = memory.readWord(state.address + layout.gc.garbage);
    if (list) objects += memory.readWord(list + 16) ?? 0; // ob_size
  }
  return objects;
}

/** Interpreters are listed newest first. */
function mainState(states: readonly GcState[]): GcState {
  return states[states.length - 1]!;
}

function readUint32(memory: ProcessMemory, address: number): number | undefined {
  const bytes = Buffer.alloc(4);
  return memory.read(address, bytes, 0, 4) === 4 ? bytes.readUInt32LE(0) : undefined;
}

function vanished(): ReadFailure {
  return new ReadFailure('gone', 'The process ended, or runs another program now.');
}

function unsupported(why: string): ReadFailure {
  return new ReadFailure('unsupported', `This build of CPython is not one that heapwatch can read: ${why}.`);
}
