/**
 * What differs between CPython versions, GIL builds on x86-64. Offsets in bytes; each version's file says where its
 * numbers come from. All are checked at every attach (`attach.ts`): a build that does not fit is refused.
 */
export interface CpythonLayout {
  /** Major and minor, e.g. `3.11`. */
  readonly version: string;
  /** Where the collector's state is: symbols, fixed offsets, or the table that 3.13 and later carry in _PyRuntime. */
  readonly runtime: { readonly symbols: true } | FixedRuntime | DebugOffsets;
  readonly gc: GcLayout;
  /** Bits of a refcount's upper half that count; the others are flags from 3.14 on. */
  readonly refcountHighMask: number;
  /** Of memory blocks: 8 in older patch levels of what has 16 now. */
  readonly blockAlignments: readonly number[];
  readonly arenaBytes: number;
  readonly poolBytes: number;
  /** Where `maxarenas` may stand, in bytes from `arenas`; it depends on the linker up to 3.11. */
  readonly arenaCountDistances: readonly number[];
  /** struct _obmalloc_state in PyInterpreterState, from 3.12 on. */
  readonly obmalloc?: ObmallocLayout;
  /** A type with any of these bits in tp_flags has 16 bytes (dict and weak references) before its collector's header. */
  readonly preheaderFlags: number;
  /** `ht_qualname` in PyHeapTypeObject; 2.7 has none. */
  readonly heapTypeQualname: number | undefined;
  readonly text: TextLayout;
  readonly dict: DictLayout;
}

/** Offsets from _PyRuntime and in PyInterpreterState. */
export interface FixedRuntime {
  /** `interpreters.head` in _PyRuntimeState. */
  readonly interpretersHead: number;
  /** `next` in PyInterpreterState. */
  readonly interpreterNext: number;
  /** The GC state's struct and its offset there: one for the process up to 3.8, one per interpreter from 3.9. */
  readonly gcHolder: 'runtime' | 'interpreter';
  readonly gcOffset: number;
}

/** struct _Py_DebugOffsets at the start of _PyRuntime: which of its 8-byte words say what. */
export interface DebugOffsets {
  readonly interpretersHeadWord: number;
  readonly interpreterNextWord: number;
  readonly gcWord: number;
}

/** The struct is part of the interpreter in 3.12, and behind a pointer later. */
interface ObmallocLayout {
  readonly offset: number;
  readonly form: 'member' | 'pointer';
  /** `mgmt.arenas` and `mgmt.maxarenas` in it. */
  readonly arenas: number;
  readonly maxArenas: number;
}

/** struct _gc_runtime_state, and what the collector writes before each object. */
export interface GcLayout {
  /** PyGC_Head: next, prev; up to 3.7 also gc_refs, and padding. */
  readonly headBytes: 16 | 32;
  /**
   * How the last 16 bytes of PyGC_Head tell an object that is not tracked: `_gc_next` is 0, or gc_refs is -2
   * (shifted left by a flag's bit in 3.6 and 3.7).
   */
  readonly untracked: 'no-next' | 'refs' | 'shifted-refs';
  /** struct gc_generation: a PyGC_Head, threshold, count. */
  readonly generationBytes: number;
  readonly enabled: number;
  /** Where `generations` may begin: it depends on how the build packs the struct. */
  readonly generations: readonly number[];
  readonly generationStats: number;
  /** An array of three stats, or from 3.15 a pointer to rings of them. */
  readonly statsForm: 'array' | 'rings';
  readonly garbage: number;
  /** `long_lived_total`: how many objects the last full collection kept. */
  readonly longLivedTotal: number;
  /** 8-byte words that are 0 unless the build has another collector, which keeps no such total. */
  readonly unused: readonly number[];
}

/** The str that names are: compact unicode, whose characters begin after one of two headers, or 2.7's bytes. */
type TextLayout = { readonly asciiData: number; readonly compactData: number } | { readonly bytesData: number };

/** struct _dictkeysobject, or 2.7's own table. */
type DictLayout =
  | {
      /** `dk_size` is a 64-bit count up to 3.10, a one-byte logarithm from 3.11. */
      readonly size: 'count' | 'logarithm';
      readonly entryCount: number;
      readonly indices: number;
    }
  | { readonly mask: number; readonly table: number };

/** Own builds, and Debian's 3.11: both variables are static in Objects/obmalloc.c. */
export const arenaCountUpTo311: readonly number[] = [-8, -16];
/** Members of struct _obmalloc_mgmt. */
export const arenaCountFrom312: readonly number[] = [8];
/** The same in 3.8 to 3.13, but that `generations` moved by 4 bytes in late 3.13. */
export const gcUpTo313: GcLayout = {
  headBytes: 16,
  untracked: 'no-next',
  generationBytes: 24,
  enabled: 12,
  generations: [24, 20],
  generationStats: 128,
  statsForm: 'array',
  garbage: 208,
  longLivedTotal: 224,
  unused: [],
};
/** All 64 bits: up to 3.13. */
export const plainRefcount = 0xffffffff;
export const dictUpTo310: DictLayout = { size: 'count', entryCount: 32, indices: 40 };
export const dictFrom311: DictLayout = { size: 'logarithm', entryCount: 24, indices: 32 };
/** PyASCIIObject and PyCompactUnicodeObject; 3.12 dropped the wstr fields. */
export const textUpTo311: TextLayout = { asciiData: 48, compactData: 72 };
export const textFrom312: TextLayout = { asciiData: 40, compactData: 56 };
