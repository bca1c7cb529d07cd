import type { V8Layout } from './layout.ts';

// V8 12.4: seen in 22.0.0, 22.11.0, 22.15.0, 22.23.3.
export const node22: V8Layout = {
  version: '22',
  heap: {
    isolate: 0x18,
    isolateId: 0xc90,
    selfPointers: [0xa48, 0xc10],
    fullCollections: 0x1b0,
    collections: 0x1b4,
    state: 0x198,
    maxSemiSpaceBytes: 0x30,
    maxOldBytes: 0x48,
    backingStoreBytes: 0x0,
    externalBytes: [0x90],
    committedBytes: { pointer: 0x6f8, offset: 0x28 },
    oldBytesAtLastFull: 0x810,
    tracer: 0x6c8,
  },
  tracer: { lastFullEnd: 0xd58, lastFullEndUnit: 'microseconds' },
  spaces: {
    newSpace: { pointer: 0xd0, capacity: 0xc8, firstPage: 0xa0, currentPage: 0x100, nextArea: 0x1b0 },
    allocationTop: { from: 'isolate', offset: 0xc8 },
    old: [0xd8, 0x148],
    paged: { code: 0xe0, trusted: 0x118 },
    large: { large: 0xf0, code_large: 0xf8, new_large: 0x100, trusted_large: 0x120 },
    oldUsedHasOpenArea: true,
    pagedUsed: 0x70,
    largeUsed: 0x60,
  },
  page: {
    form: 'whole',
    size: 16,
    flags: 0,
    heap: 24,
    areaStart: 32,
    areaEnd: 40,
    owner: 72,
    nextPage: 0x108,
    sweepState: 0xf0,
    markBits: 0x140,
  },
};
