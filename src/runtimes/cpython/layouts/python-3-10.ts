import { arenaCountUpTo311, type CpythonLayout, dictKeysUpTo310, gcUpTo313, plainRefcount } from './layout.ts';

// offsetof() over Include/internal of CPython 3.10.13, x86-64.
export const python310: CpythonLayout = {
  version: '3.10',
  runtime: { interpretersHead: 32, interpreterNext: 0, gcHolder: 'interpreter', gcOffset: 616 },
  gc: gcUpTo313,
  refcountHighMask: plainRefcount,
  arenaBytes: 1024 * 1024,
  poolBytes: 16 * 1024,
  arenaCountDistances: arenaCountUpTo311,
  preheaderFlags: 0,
  heapTypeQualname: 864,
  asciiData: 48,
  compactData: 72,
  dictKeys: dictKeysUpTo310,
};
