import { arenaCountFrom312, type CpythonLayout, dictFrom311, gcUpTo313, plainRefcount, textFrom312 } from './layout.ts';

// offsetof() over Include/internal of CPython 3.12.1, x86-64.
export const python312: CpythonLayout = {
  version: '3.12',
  runtime: { interpretersHead: 40, interpreterNext: 0, gcHolder: 'interpreter', gcOffset: 112 },
  gc: gcUpTo313,
  refcountHighMask: plainRefcount,
  blockAlignments: [16],
  arenaBytes: 1024 * 1024,
  poolBytes: 16 * 1024,
  arenaCountDistances: arenaCountFrom312,
  obmalloc: { offset: 3960, form: 'member', arenas: 512, maxArenas: 520 },
  preheaderFlags: 0x18 /* MANAGED_WEAKREF, MANAGED_DICT */,
  heapTypeQualname: 872,
  text: textFrom312,
  dict: dictFrom311,
};
