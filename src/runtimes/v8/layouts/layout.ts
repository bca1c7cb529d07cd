/**
 * What differs between the lines of Node.js: official builds, x86-64, without pointer compression. Offsets in bytes. They
 * are of no header that is kept stable: each was found in builds of several patch levels by known programs, and is checked
 * at every attach and every reading (`isolates.ts`). A build that does not fit is refused.
 */
export interface V8Layout {
  /** Major version of Node.js, e.g. `20`. */
  readonly version: string;
  readonly heap: HeapLayout;
  readonly tracer: TracerLayout;
  readonly spaces: SpacesLayout;
  readonly page: PageLayout;
}

/** An offset from the Heap object, or in what the pointer at an offset from it points to. */
export type Place = number | { readonly pointer: number; readonly offset: number };

/** v8::internal::Heap of src/heap/heap.h. Counts and the state are 32-bit, the rest 64-bit. */
export interface HeapLayout {
  /** `isolate_`. */
  readonly isolate: number;
  /** `Isolate::id_`, which lies behind the heap in the isolate: 32-bit, counted up in the process, never given twice. */
  readonly isolateId: number;
  /** Words that point to the Heap object itself, as parts of it know it. */
  readonly selfPointers: readonly number[];
  /** `ms_count_`: mark-compacts begun. */
  readonly fullCollections: number;
  /** `gc_count_`: collections of every kind begun. */
  readonly collections: number;
  /** `gc_state_`: 0 idle, 1 scavenge, 2 mark-compact, 3 minor mark-sweep, 4 being torn down. */
  readonly state: number;
  readonly maxSemiSpaceBytes: number;
  readonly maxOldBytes: Place;
  /** `backing_store_bytes_`: `arrayBuffers` of process.memoryUsage(). */
  readonly backingStoreBytes: number;
  /** Sum to what is allocated outside for objects of the heap: `external` of process.memoryUsage(). */
  readonly externalBytes: readonly Place[];
  /** `MemoryAllocator::size_`: `total_heap_size` of v8.getHeapStatistics(). */
  readonly committedBytes: Place;
  /** Size of the old generation's objects when the last mark-compact ended. */
  readonly oldBytesAtLastFull: Place;
  /** `tracer_`. */
  readonly tracer: number;
}

/** v8::internal::GCTracer; its first word is `heap_`. */
export interface TracerLayout {
  /** When the last mark-compact ended, by CLOCK_MONOTONIC. */
  readonly lastFullEnd: number;
  readonly lastFullEndUnit: 'milliseconds as double' | 'microseconds';
}

/** v8::internal::Space and what is derived from it; the second word of each is `heap_`. */
interface SpacesLayout {
  /**
   * Where the heap keeps the pointer to its new space; in that, of the semi-space in use: bytes of its pages, the first
   * one and the one in use, and from 22 on where in it the next allocation area will begin.
   */
  readonly newSpace: {
    readonly pointer: number;
    readonly capacity: number;
    readonly firstPage: number;
    readonly currentPage: number;
    readonly nextArea?: number;
    /** Whether it may have no page in use, as after a collection from 26 on: then both are 0. */
    readonly mayBeEmpty?: true;
  };
  /**
   * Where compiled code allocates, in the isolate or at a distance from the heap: `top` of the new space's linear allocation
   * area {start, top, limit}. That of the old space follows, and is all 0 when there is none.
   */
  readonly allocationTop: { readonly from: 'isolate' | 'heap'; readonly offset: number };
  /** All places where the heap and its parts keep the pointer to the old space. */
  readonly old: readonly number[];
  /** Where the heap keeps the pointers to its other spaces, by the names we give them. */
  readonly paged: Readonly<Record<string, number>>;
  readonly large: Readonly<Record<string, number>>;
  /** Whether the old space counts as used what is still empty where it allocates; V8's own statistics take it off then. */
  readonly oldUsedHasOpenArea: boolean;
  /** Bytes of objects, in a paged space and in a space of large objects. */
  readonly pagedUsed: number;
  /** `top` of a paged space's own linear allocation area; from 22 on it is not part of the space. */
  readonly pagedTop?: number;
  readonly largeUsed: number;
}

/** The header of each page (`MemoryChunk`), at a multiple of 256 KiB. From 24 on it is split in two. */
export type PageLayout = WholePageLayout | SplitPageLayout;

export interface WholePageLayout {
  readonly form: 'whole';
  readonly size: number;
  readonly flags: number;
  readonly heap: number;
  readonly areaStart: number;
  readonly areaEnd: number;
  /** The space that the page belongs to. */
  readonly owner: number;
  /** The next page of the same space; behind it the one before. */
  readonly nextPage: number;
  /** 32-bit: 0 swept, 1 to be swept, 2 and 3 being swept. */
  readonly sweepState: number;
  /** 4096 bytes: a bit per word from the start of the page. */
  readonly markBits: number;
}

/** What stands behind the pointer to the page's metadata. */
export interface SplitPageLayout {
  readonly form: 'split';
  readonly flags: number;
  /** Where the header points to the metadata; all other offsets are in that. */
  readonly metadata: number;
  readonly chunk: number;
  readonly size: number;
  readonly areaEnd: number;
  readonly heap: number;
  readonly areaStart: number;
  readonly owner: number;
  readonly nextPage: number;
  readonly sweepState: number;
  readonly markBits: number;
}
