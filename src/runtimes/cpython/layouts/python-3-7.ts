import type { CpythonLayout } from './layout.ts';
import { python36 } from './python-3-6.ts';

// offsetof() over Include of CPython 3.7.16, x86-64: as 3.6, but that the collector's state is in _PyRuntime.
export const python37: CpythonLayout = {
  ...python36,
  version: '3.7',
  runtime: { interpretersHead: 24, interpreterNext: 0, gcHolder: 'runtime', gcOffset: 320 },
  gc: { ...python36.gc, enabled: 12, generations: [32], generationStats: 240, garbage: 320, longLivedTotal: 336 },
};
