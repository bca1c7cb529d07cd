import type { V8Layout } from './layout.ts';

// V8 14.6: seen in 26.0.0, 26.5.0, 26.10.0.
export const node26: V8Layout = {
  version: '26',
  heap: {
    isolate: 0x8,
    selfPointers: [0xab0, 0xb40],
    fullCollections: 0x240,
    collections: 0x244,
    state: 0x228,
    maxSemiSpaceBytes: 0x20,
    maxOldBytes: { pointer: 0x7b8, offset: 0x30 },
    backingStoreBytes: 0x0,
    externalBytes: [0xab8, { pointer: 0x7a8, offset: 0x60 }],
    committedBytes: { pointer: 0x7b0, offset: 0x30 },
    oldBytesAtLastFull: { pointer: 0x7b8, offset: 0x48 },
    tracer: 0x780,
  },
  tracer: { lastFullEnd: 0xed0, lastFullEndUnit: 'microseconds' },
  spaces: {
    newSpace: { pointer: 0x90, capacity: 0x98, currentPage: 0xb0, nextArea: 0x130 },
    allocationTop: { from: 'isolate', offset: 0xd0 },
    old: [0x98, 0x128],
    paged: { code: 0xa0, trusted: 0xd8 },
    large: { large: 0xb0, code_large: 0xb8, new_large: 0xc0, trusted_large: 0xe8 },
    oldUsedHasOpenArea: true,
    pagedUsed: 0x68,
    largeUsed: 0x58,
  },
  page: {
    form: 'split',
    flags: 0,
    metadata: 8,
    chunk: 8,
    size: 16,
    areaEnd: 56,
    heap: 64,
    areaStart: 72,
    owner: 80,
    sweepState: 0xf8,
    markBits: 0x140,
  },
};
