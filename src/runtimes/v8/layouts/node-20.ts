import type { V8Layout } from './layout.ts';

// V8 11.3: seen in 20.0.0, 20.10.0, 20.20.2.
export const node20: V8Layout = {
  version: '20',
  heap: {
    isolate: 0x50,
    selfPointers: [0x58, 0xc30, 0xdd0],
    fullCollections: 0x240,
    collections: 0x244,
    state: 0x228,
    maxSemiSpaceBytes: 0xc8,
    maxOldBytes: 0xe0,
    backingStoreBytes: 0x38,
    externalBytes: [0x128],
    committedBytes: { pointer: 0x928, offset: 0x20 },
    oldBytesAtLastFull: 0x9f0,
    tracer: 0x8f8,
  },
  tracer: { lastFullEnd: 0xce8, lastFullEndUnit: 'milliseconds as double' },
  spaces: {
    newSpace: { pointer: 0x68, capacity: 0x1b8, firstPage: 0x190, currentPage: 0x1f0 },
    allocationTop: { from: 'isolate', offset: 0xc0 },
    old: [0x70, 0x170, 0x1d8],
    paged: { code: 0x78 },
    large: { new_large: 0x88, large: 0x90, code_large: 0x98 },
    oldUsedHasOpenArea: false,
    pagedUsed: 0x98,
    pagedTop: 0x1a0,
    largeUsed: 0x60,
  },
  page: {
    form: 'whole',
    size: 0,
    flags: 8,
    heap: 16,
    areaStart: 24,
    areaEnd: 32,
    owner: 64,
    nextPage: 0x108,
    sweepState: 0xe0,
    markBits: 0x140,
  },
};
