import { arenaCountUpTo311, type CpythonLayout, dictFrom311, gcUpTo313, plainRefcount, textUpTo311 } from './layout.ts';

// offsetof() over Include/internal of CPython 3.11.7, the same in Debian's 3.11.2, x86-64.
export const python311: CpythonLayout = {
  version: '3.11',
  runtime: { interpretersHead: 40, interpreterNext: 0, gcHolder: 'interpreter', gcOffset: 648 },
  gc: gcUpTo313,
  refcountHighMask: plainRefcount,
  blockAlignments: [16],
  arenaBytes: 1024 * 1024,
  poolBytes: 16 * 1024,
  arenaCountDistances: arenaCountUpTo311,
  preheaderFlags: 0x10 /* MANAGED_DICT */,
  heapTypeQualname: 864,
  text: textUpTo311,
  dict: dictFrom311,
};
