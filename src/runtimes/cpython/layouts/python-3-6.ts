import { arenaCountUpTo311, type CpythonLayout, dictUpTo310, plainRefcount, textUpTo311 } from './layout.ts';
import { python27 } from './python-2-7.ts';

// offsetof() over Include of CPython 3.6.15, x86-64.
export const python36: CpythonLayout = {
  version: '3.6',
  runtime: { symbols: true },
  gc: { ...python27.gc, untracked: 'shifted-refs', generationBytes: 48 },
  refcountHighMask: plainRefcount,
  blockAlignments: [16, 8],
  arenaBytes: 256 * 1024,
  poolBytes: 4096,
  arenaCountDistances: arenaCountUpTo311,
  preheaderFlags: 0,
  heapTypeQualname: 848,
  text: textUpTo311,
  dict: dictUpTo310,
};
