/**
 * The half of the new generation that objects are in: v8::internal::SemiSpace of src/heap/new-spaces.h, and where the
 * main thread allocates in it. Found in 18.20.8, 20.20.2, 22.23.3, 24.21.0 and 26.10.0 by stopped programs that allocate:
 * the page with the top is the current one.
 */
export interface NewSpaceLayout {
  /** In the space: pointers to its first page and to the one in use, to the page's metadata where that is apart. */
  readonly firstPage: number;
  readonly currentPage: number;
  /** From there to the next page's. */
  readonly nextPage: number;
  /** `top` of the LinearAllocationArea, from the isolate or from the heap. */
  readonly top: { readonly fromIsolate: number } | { readonly fromHeap: number };
}

const upTo22 = { firstPage: 0x28, currentPage: 0x88, nextPage: 0x108 };

/** By the major version of Node.js. */
export const newSpaceLayouts: Readonly<Record<string, NewSpaceLayout>> = {
  18: { firstPage: 0xa8, currentPage: 0x100, nextPage: 0xe8, top: { fromHeap: -0x48 } },
  20: { ...upTo22, top: { fromIsolate: 0xc0 } },
  22: { ...upTo22, top: { fromIsolate: 0xc8 } },
  24: { firstPage: 0x28, currentPage: 0x70, nextPage: 0x108, top: { fromIsolate: 0xd0 } },
  26: { firstPage: 0x28, currentPage: 0x60, nextPage: 0x100, top: { fromIsolate: 0xd0 } },
};
