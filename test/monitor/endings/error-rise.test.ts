import { expect, test } from 'vitest';
import type { Vitals } from '../../../src/model/vitals.ts';
import { createErrorRise } from '../../../src/monitor/endings/error-rise.ts';

/** A watch whose last reading can be replaced. */
function watchOf(): { vitals: Vitals | undefined; counts(outOfMemoryErrors: Record<string, number>): void } {
  return {
    vitals: undefined,
    counts(outOfMemoryErrors) {
      this.vitals = {
        atSeconds: 0,
        process: { residentBytes: 0, cpuSeconds: 0, threads: 1 },
        heap: { spaceUsedBytes: {}, externalBytes: {}, gc: [], outOfMemoryErrors },
      };
    },
  };
}

test('errors count from the first reading on, and each once', () => {
  const [shop, till] = [watchOf(), watchOf()];
  const rise = createErrorRise();
  expect(rise(shop)).toEqual({});
  shop.counts({ java_heap: 5, metaspace: 0 });
  expect(rise(shop)).toEqual({ java_heap: 0, metaspace: 0 });
  shop.counts({ java_heap: 7, metaspace: 1 });
  till.counts({ java_heap: 9 });
  expect([rise(shop), rise(till)]).toEqual([{ java_heap: 2, metaspace: 1 }, { java_heap: 0 }]);
  expect(rise(shop)).toEqual({ java_heap: 0, metaspace: 0 });
});
