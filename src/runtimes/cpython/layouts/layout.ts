/**
 * What differs between CPython versions, GIL builds on x86-64. Offsets in bytes; each version's file says where its
 * numbers come from. All are checked at every attach (`attach.ts`): a build that does not fit is refused.
 */
export interface CpythonLayout {
  /** Major and minor, e.g. `3.11`. */
  readonly version: string;
  /** Where the interpreters hang: fixed offsets, or the table that 3.13 and later carry at the start of _PyRuntime. */
  readonly runtime: FixedRuntime | 'debug-offsets';
  readonly gc: GcLayout;
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

/** struct _gc_runtime_state; `generations` is searched from here in 4-byte steps, as packed builds differ. */
interface GcLayout {
  readonly enabled: number;
  readonly generationStats: number;
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
/** The same in 3.8 to 3.13. */
export const gcUpTo313: GcLayout = { enabled: 12, generationStats: 128, garbage: 208 };
export const dictKeysUpTo310: DictKeysLayout = { size: 'count', entryCount: 32, indices: 40 };
export const dictKeysFrom311: DictKeysLayout = { size: 'logarithm', entryCount: 24, indices: 32 };
