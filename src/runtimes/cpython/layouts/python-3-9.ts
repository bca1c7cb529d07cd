import { arenaCountUpTo311, type CpythonLayout, dictUpTo310, gcUpTo313, plainRefcount, textUpTo311 } from './layout.ts';

// offsetof() over Include/internal of CPython 3.9.18, x86-64.
export const python39: CpythonLayout = {
  version: '3.9',
  runtime: { interpretersHead: 32, interpreterNext: 0, gcHolder: 'interpreter', gcOffset: 616 },
  gc: gcUpTo313,
  refcountHighMask: plainRefcount,
  blockAlignments: [16],
  arenaBytes: 256 * 1024,
  poolBytes: 4096,
  arenaCountDistances: arenaCountUpTo311,
  preheaderFlags: 0,
  heapTypeQualname: 856,
  text: textUpTo311,
  dict: dictUpTo310,
};
