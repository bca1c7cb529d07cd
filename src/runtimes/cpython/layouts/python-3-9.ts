import { arenaCountUpTo311, type CpythonLayout, dictKeysUpTo310, gcUpTo313, plainRefcount } from './layout.ts';

// offsetof() over Include/internal of CPython 3.9.18, x86-64.
export const python39: CpythonLayout = {
  version: '3.9',
  runtime: { interpretersHead: 32, interpreterNext: 0, gcHolder: 'interpreter', gcOffset: 616 },
  gc: gcUpTo313,
  refcountHighMask: plainRefcount,
  arenaBytes: 256 * 1024,
  poolBytes: 4096,
  arenaCountDistances: arenaCountUpTo311,
  preheaderFlags: 0,
  heapTypeQualname: 856,
  asciiData: 48,
  compactData: 72,
  dictKeys: dictKeysUpTo310,
};
