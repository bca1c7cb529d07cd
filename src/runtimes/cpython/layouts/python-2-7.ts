import { arenaCountUpTo311, type CpythonLayout, plainRefcount } from './layout.ts';

// offsetof() over Include of CPython 2.7.18, x86-64. It counts no collections, and has int and float in blocks of its own.
export const python27: CpythonLayout = {
  version: '2.7',
  runtime: { symbols: true },
  gc: {
    headBytes: 32,
    untracked: 'refs',
    generationBytes: 40,
    enabled: 0,
    generations: [],
    generationStats: 0,
    statsForm: 'array',
    garbage: 0,
    longLivedTotal: 0,
    unused: [],
  },
  refcountHighMask: plainRefcount,
  blockAlignments: [16, 8],
  arenaBytes: 256 * 1024,
  poolBytes: 4096,
  arenaCountDistances: arenaCountUpTo311,
  preheaderFlags: 0,
  heapTypeQualname: undefined,
  text: { bytesData: 36 },
  dict: { mask: 32, table: 40 },
};
