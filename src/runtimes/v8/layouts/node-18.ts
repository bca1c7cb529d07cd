import type { V8Layout } from './layout.ts';

// V8 10.2: seen in 18.12.1, 18.17.0, 18.20.8. (18.0 to 18.2 have V8 10.1, which fails the self-check.)
export const node18: V8Layout = {
  version: '18',
  heap: {
    isolate: 0x50,
    selfPointers: [0x58, 0xc98],
    fullCollections: 0x268,
    collections: 0x26c,
    state: 0x240,
    maxSemiSpaceBytes: 0xc8,
    maxOldBytes: 0xe0,
    backingStoreBytes: 0x38,
    externalBytes: [0x128],
    committedBytes: { pointer: 0x940, offset: 0x20 },
    oldBytesAtLastFull: 0xa18,
    tracer: 0x918,
  },
  tracer: { lastFullEnd: 0xcb0, lastFullEndUnit: 'milliseconds as double' },
  spaces: {
    newSpace: { pointer: 0x98, capacity: 0x228, firstPage: 0x208, currentPage: 0x260 },
    allocationTop: { from: 'heap', offset: -0x48 },
    old: [0x68, 0x178, 0x1d8],
    paged: { code: 0x70, map: 0x78 },
    large: { large: 0x80, code_large: 0x88, new_large: 0x90 },
    oldUsedHasOpenArea: false,
    pagedUsed: 0x110,
    pagedTop: 0x198,
    largeUsed: 0xd8,
  },
  page: {
    form: 'whole',
    size: 0,
    flags: 8,
    heap: 16,
    areaStart: 24,
    areaEnd: 32,
    owner: 64,
    nextPage: 0xe8,
    sweepState: 0xc0,
    markBits: 0x140,
  },
};
