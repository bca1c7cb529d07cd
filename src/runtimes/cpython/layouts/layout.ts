/**
 * What differs between CPython versions, GIL builds on x86-64. Offsets in bytes; each version's file says where its
 * numbers come from. All are checked at every attach (`attach.ts`): a build that does not fit is refused.
 */
export interface CpythonLayout {
  /** Major and minor, e.g. `3.11`. */
  readonly version: string;
  /** Where the interpreters hang: fixed offsets, or the table that 3.13 and later carry at the start of _PyRuntime. */
  readonly runtime: FixedRuntime | DebugOffsets;
  readonly gc: GcLayout;
  /** Bits of a refcount's upper half that count; the others are flags from 3.14 on. */
  readonly refcountHighMask: number;
  readonly arenaBytes: number;
  readonly poolBytes: number;
  /** Where `maxarenas` may stand, in bytes from `arenas`; it depends on the linker up to 3.11. */
  readonly arenaCountDistances: readonly number[];
  /** A type with any of these bits in tp_flags has 16 bytes (dict and weak references) before its collector's header. */
  readonly preheaderFlags: number;
  /** `ht_qualname` in PyHeapTypeObject. */
  readonly heapTypeQualname: number;
  /** Where the characters of a compact str begin: after PyASCIIObject, and after PyCompactUnicodeObject. */
  readonly asciiData: number;
  readonly compactData: number;
  readonly dictKeys: DictKeysLayout;
}

interface FixedRuntime {
  /** `interpreters.head` in _PyRuntimeState. */
  readonly interpretersHead: number;
  /** `next` in PyInterpreterState. */
  readonly interpreterNext: number;
  /** The GC state's struct and its offset there: one for the process up to 3.8, one per interpreter from 3.9. */
  readonly gcHolder: 'runtime' | 'interpreter';
  readonly gcOffset: number;
}

/** struct _Py_DebugOffsets at the start of _PyRuntime: which of its 8-byte words say what. */
interface DebugOffsets {
  readonly interpretersHeadWord: number;
  readonly interpreterNextWord: number;
  readonly gcWord: number;
}

/** struct _gc_runtime_state. */
interface GcLayout {
  readonly enabled: number;
  /** Where `generations` may begin: it depends on how the build packs the struct. */
  readonly generations: readonly number[];
  readonly generationStats: number;
  /** An array of three stats, or from 3.15 a pointer to rings of them. */
  readonly statsForm: 'array' | 'rings';
  readonly garbage: number;
}

/** struct _dictkeysobject. */
interface DictKeysLayout {
  /** `dk_size` is a 64-bit count up to 3.10, a one-byte logarithm from 3.11. */
  readonly size: 'count' | 'logarithm';
  readonly entryCount: number;
  readonly indices: number;
}

/** Own builds, and Debian's 3.11: both variables are static in Objects/obmalloc.c. */
export const arenaCountUpTo311: readonly number[] = [-8, -16];
/** Members of struct _obmalloc_mgmt. */
export const arenaCountFrom312: readonly number[] = [8];
/** The same in 3.8 to 3.13, but that `generations` moved by 4 bytes in late 3.13. */
export const gcUpTo313: GcLayout = {
  enabled: 12,
  generations: [24, 20],
  generationStats: 128,
  statsForm: 'array',
  garbage: 208,
};
/** All 64 bits: up to 3.13. */
export const plainRefcount = 0xffffffff;
export const dictKeysUpTo310: DictKeysLayout = { size: 'count', entryCount: 32, indices: 40 };
export const dictKeysFrom311: DictKeysLayout = { size: 'logarithm', entryCount: 24, indices: 32 };
