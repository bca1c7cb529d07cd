import { test } from 'vitest';
import { expectExactWhileBusy } from './cpython-busy.ts';
import { interpreters } from './interpreters.ts';

test.each(interpreters)(
  'the census of a busy CPython $version at $path: constants exact, replaced ones close',
  async ({ path }) => expectExactWhileBusy(path),
);
