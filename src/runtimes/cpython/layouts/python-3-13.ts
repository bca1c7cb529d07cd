import { arenaCountFrom312, type CpythonLayout, dictFrom311, gcUpTo313, plainRefcount, textFrom312 } from './layout.ts';

// offsetof() over Include/internal of CPython 3.13.0, and 3.13.5 as Debian builds it, x86-64.
export const python313: CpythonLayout = {
  version: '3.13',
  runtime: { interpretersHeadWord: 5, interpreterNextWord: 8, gcWord: 10 },
  gc: gcUpTo313,
  refcountHighMask: plainRefcount,
  blockAlignments: [16],
  arenaBytes: 1024 * 1024,
  poolBytes: 16 * 1024,
  arenaCountDistances: arenaCountFrom312,
  obmalloc: { offset: 10800, form: 'pointer', arenas: 512, maxArenas: 520 },
  preheaderFlags: 0x18 /* MANAGED_WEAKREF, MANAGED_DICT */,
  heapTypeQualname: 872,
  text: textFrom312,
  dict: dictFrom311,
};
