import type { V8Layout } from './layout.ts';

// V8 13.6: seen in 24.0.0, 24.1.0, 24.9.0, 24.14.0, 24.21.0.
export const node24: V8Layout = {
  version: '24',
  heap: {
    isolate: 0x18,
    selfPointers: [0xa90, 0xb28],
    fullCollections: 0x238,
    collections: 0x23c,
    state: 0x220,
    maxSemiSpaceBytes: 0x30,
    maxOldBytes: 0x50,
    backingStoreBytes: 0x0,
    externalBytes: [0x98],
    committedBytes: { pointer: 0x780, offset: 0x28 },
    oldBytesAtLastFull: 0x850,
    tracer: 0x750,
  },
  tracer: { lastFullEnd: 0xdf0, lastFullEndUnit: 'microseconds' },
  spaces: {
    newSpace: { pointer: 0xd8, capacity: 0xb8, currentPage: 0xd0, nextArea: 0x160 },
    allocationTop: { from: 'isolate', offset: 0xd0 },
    old: [0xe0, 0x170],
    paged: { code: 0xe8, trusted: 0x120 },
    large: { large: 0xf8, code_large: 0x100, new_large: 0x108, trusted_large: 0x130 },
    oldUsedHasOpenArea: true,
    pagedUsed: 0x78,
    largeUsed: 0x68,
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
    sweepState: 0xf0,
    markBits: 0x140,
  },
};
