import { arenaCountUpTo311, type CpythonLayout, dictUpTo310, gcUpTo313, plainRefcount, textUpTo311 } from './layout.ts';

// offsetof() over Include/internal of CPython 3.10.13, x86-64.
export const python310: CpythonLayout = {
  version: '3.10',
  runtime: { interpretersHead: 32, interpreterNext: 0, gcHolder: 'interpreter', gcOffset: 616 },
  gc: gcUpTo313,
  refcountHighMask: plainRefcount,
  blockAlignments: [16],
  arenaBytes: 1024 * 1024,
  poolBytes: 16 * 1024,
  arenaCountDistances: arenaCountUpTo311,
  preheaderFlags: 0,
  heapTypeQualname: 864,
  text: textUpTo311,
  dict: dictUpTo310,
};
