import { arenaCountUpTo311, type CpythonLayout, dictKeysUpTo310, gcUpTo313, plainRefcount } from './layout.ts';

// offsetof() over Include/internal of CPython 3.8.18, x86-64.
export const python38: CpythonLayout = {
  version: '3.8',
  runtime: { interpretersHead: 32, interpreterNext: 0, gcHolder: 'runtime', gcOffset: 344 },
  gc: gcUpTo313,
  refcountHighMask: plainRefcount,
  arenaBytes: 256 * 1024,
  poolBytes: 4096,
  arenaCountDistances: arenaCountUpTo311,
  preheaderFlags: 0,
  heapTypeQualname: 864,
  asciiData: 48,
  compactData: 72,
  dictKeys: dictKeysUpTo310,
};
