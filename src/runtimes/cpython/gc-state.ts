import type { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { PythonImage } from './image.ts';
import type { CpythonLayout, DebugOffsets, FixedRuntime, GcLayout } from './layouts/layout.ts';

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
}

const maxInterpreters = 64;
const attempts = 200;

/** Finds every interpreter's GC state. Throws `unsupported` or `busy` when what is there is not what the layout says. */
export function findGcStates(memory: ProcessMemory, image: PythonImage, layout: CpythonLayout): GcState[] {
  const { runtime } = layout;
  if ('symbols' in runtime) return [findBySymbols(memory, image, layout.gc)];
  const runtimeAddress = image.symbols.get('_PyRuntime');
  if (runtimeAddress === undefined) throw unsupported('it has no _PyRuntime');
  if ('gcOffset' in runtime && runtime.gcHolder === 'runtime') {
    return [checkGcState(memory, runtimeAddress + runtime.gcOffset, layout.gc)];
  }
  const { head, next, gc } =
    'gcWord' in runtime ? debugOffsets(memory, runtimeAddress, layout.version, runtime) : fixed(runtime);
  const states: GcState[] = [];
  let interpreter = memory.readWord(runtimeAddress + head);
  while (interpreter !== undefined && interpreter !== 0 && states.length < maxInterpreters) {
    states.push(checkGcState(memory, interpreter + gc, layout.gc));
    interpreter = memory.readWord(interpreter + next);
  }
  if (states.length === 0) throw new ReadFailure('busy', 'This Python has no interpreter yet: it is just starting.');
  return states;
}

function fixed(runtime: FixedRuntime) {
  return { head: runtime.interpretersHead, next: runtime.interpreterNext, gc: runtime.gcOffset };
}

/** struct _Py_DebugOffsets of Include/internal/pycore_debug_offsets.h: cookie, version, free_threaded, ... */
function debugOffsets(memory: ProcessMemory, runtimeAddress: number, version: string, words: DebugOffsets) {
  const bytes = Buffer.alloc(8 * 16);
  memory.read(runtimeAddress, bytes, 0, bytes.length);
  if (bytes.toString('latin1', 0, 8) !== 'xdebugpy') {
    throw unsupported('the debug offsets at the start of _PyRuntime are missing');
  }
  const hexVersion = bytes.readUInt32LE(8); // 0x030d05f0 is 3.13.5
  if (`${hexVersion >>> 24}.${(hexVersion >>> 16) & 0xff}` !== version) {
    throw unsupported('its debug offsets are those of another version');
  }
  if (bytes.readUInt32LE(16) !== 0) throw unsupported('it is a free-threaded build, whose heap is laid out otherwise');
  const word = (index: number) => bytes.readUInt32LE(index * 8);
  return { head: word(words.interpretersHeadWord), next: word(words.interpreterNextWord), gc: word(words.gcWord) };
}

/** Up to 3.6 the collector's state is static variables; only a pointer to the generations is exported. */
function findBySymbols(memory: ProcessMemory, { symbols }: PythonImage, layout: GcLayout): GcState {
  const generations = memory.readWord(symbols.get('_PyGC_generation0') ?? 0);
  const heads = generations === undefined ? undefined : findHeads(memory, [generations], layout);
  if (heads === undefined) throw unsupported("the collector's generations are not where this version has them");
  const [enabled, stats, garbage] = ['enabled', 'generation_stats', 'garbage'].map((name) => symbols.get(name));
  return {
    generationHeads: heads,
    ...(enabled !== undefined && { enabled }),
    ...(stats !== undefined && { stats }),
    ...(garbage !== undefined && { garbage }),
  };
}

function checkGcState(memory: ProcessMemory, address: number, layout: GcLayout): GcState {
  const heads = findHeads(
    memory,
    layout.generations.map((offset) => address + offset),
    layout,
  );
  if (heads === undefined) throw unsupported("the collector's generations are not where this version has them");
  return {
    generationHeads: heads,
    enabled: address + layout.enabled,
    stats: address + layout.generationStats,
    garbage: address + layout.garbage,
  };
}

/** The generations' heads are three rings in a row: `head.next.prev` is the head again. */
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

function isRing(memory: ProcessMemory, head: number): boolean {
  const next = memory.readWord(head);
  if (next === undefined || next === 0 || next % 4 !== 0) return false;
  const previous = memory.readWord(next + 8);
  // The two low bits of _gc_prev are flags.
  return previous !== undefined && previous - (previous % 4) === head;
}

function unsupported(why: string): ReadFailure {
  return new ReadFailure('unsupported', `This build of CPython is not one that heapwatch can read: ${why}.`);
}
