import { arenaCountUpTo311, type CpythonLayout, dictUpTo310, gcUpTo313, plainRefcount, textUpTo311 } from './layout.ts';

// offsetof() over Include/internal of CPython 3.8.18, x86-64.
export const python38: CpythonLayout = {
  version: '3.8',
  runtime: { interpretersHead: 32, interpreterNext: 0, gcHolder: 'runtime', gcOffset: 344 },
  gc: gcUpTo313,
  refcountHighMask: plainRefcount,
  blockAlignments: [16],
  arenaBytes: 256 * 1024,
  poolBytes: 4096,
  arenaCountDistances: arenaCountUpTo311,
  preheaderFlags: 0,
  heapTypeQualname: 864,
  text: textUpTo311,
  dict: dictUpTo310,
};
