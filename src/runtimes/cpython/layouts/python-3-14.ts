import { arenaCountFrom312, type CpythonLayout, dictFrom311, gcUpTo313, textFrom312 } from './layout.ts';

// offsetof() over Include/internal of CPython 3.14.8 and 3.14.10 as Debian builds them, x86-64.
export const python314: CpythonLayout = {
  version: '3.14',
  runtime: { interpretersHeadWord: 5, interpreterNextWord: 8, gcWord: 11 },
  gc: {
    ...gcUpTo313,
    generations: [24],
    generationStats: 120,
    garbage: 200,
    longLivedTotal: 240,
    // The incremental collector of the first patch levels kept its work_to_do, visited_space and phase there.
    unused: [224, 232],
  },
  // ob_overflow; ob_flags is above it.
  refcountHighMask: 0xffff,
  blockAlignments: [16],
  arenaBytes: 1024 * 1024,
  poolBytes: 16 * 1024,
  arenaCountDistances: arenaCountFrom312,
  obmalloc: { offset: 10904, form: 'pointer', arenas: 512, maxArenas: 520 },
  preheaderFlags: 0x18 /* MANAGED_WEAKREF, MANAGED_DICT */,
  heapTypeQualname: 872,
  text: textFrom312,
  dict: dictFrom311,
};
