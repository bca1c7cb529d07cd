import { arenaCountFrom312, type CpythonLayout, dictFrom311, gcUpTo313, textFrom312 } from './layout.ts';

// offsetof() over Include/internal of CPython 3.15.2 as Debian builds it, x86-64.
export const python315: CpythonLayout = {
  version: '3.15',
  runtime: { interpretersHeadWord: 5, interpreterNextWord: 8, gcWord: 11 },
  gc: {
    ...gcUpTo313,
    enabled: 0,
    generations: [8],
    generationStats: 104,
    statsForm: 'rings',
    garbage: 128,
    longLivedTotal: 152,
  },
  // ob_overflow; ob_flags is above it.
  refcountHighMask: 0xffff,
  blockAlignments: [16],
  arenaBytes: 1024 * 1024,
  poolBytes: 16 * 1024,
  arenaCountDistances: arenaCountFrom312,
  obmalloc: { offset: 10880, form: 'pointer', arenas: 512, maxArenas: 520 },
  preheaderFlags: 0x18 /* MANAGED_WEAKREF, MANAGED_DICT */,
  heapTypeQualname: 880,
  text: textFrom312,
  dict: dictFrom311,
};
