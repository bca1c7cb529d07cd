import { expect, test } from 'vitest';
import type { CgroupVitals } from '../../../src/model/vitals.ts';
import { type EndingFacts, findEnding, type HeapUse } from '../../../src/monitor/endings/ending-finding.ts';
import { sampleTarget } from '../../metrics/sample-snapshot.ts';

const MB = 1e6;
const FULL = { bytes: 100 * MB, usedBytes: 95 * MB };
const HALF = { bytes: 100 * MB, usedBytes: 50 * MB };
const DUMP = { kind: 'heap_dump', name: 'java_pid7.hprof', bytes: 1 } as const;
const LOG = { kind: 'crash_log', name: 'hs_err_pid7.log', bytes: 1 } as const;
const ROOMY = { memoryBytes: 1000 * MB, availableBytes: 500 * MB };
const SHORT = { memoryBytes: 1000 * MB, availableBytes: 50 * MB };

function factsOf(overrides: Partial<EndingFacts>): EndingFacts {
  return { snapshot: sampleTarget(), recentErrors: {}, remains: [], node: ROOMY, ...overrides };
}

test.each<[string, Partial<EndingFacts>, string]>([
  ['a kill that is counted', { killedIn: '/app' }, 'oom_killed'],
  ['a kill, whatever else was the matter', { killedIn: '/app', heap: FULL, remains: [LOG] }, 'oom_killed'],
  ['a heap at its limit', { heap: FULL }, 'heap_limit'],
  ['a heap at its limit, and the abort of V8', { heap: FULL, exit: { signal: 6 } }, 'heap_limit'],
  ['a heap at its limit, and an exit on OutOfMemoryError', { heap: FULL, exit: { code: 3 } }, 'heap_limit'],
  ['a heap at its limit that was stopped by hand', { heap: FULL, exit: { signal: 15 } }, 'ended'],
  ['a JVM at its limit that was stopped by hand', { heap: FULL, exit: { code: 143 } }, 'ended'],
  ['a heap half full', { heap: HALF }, 'ended'],
  ['OutOfMemoryErrors', { heap: HALF, recentErrors: { java_heap: 2, metaspace: 0 } }, 'heap_limit'],
  ['no OutOfMemoryErrors', { recentErrors: { java_heap: 0 } }, 'ended'],
  ['a heap dump', { remains: [DUMP] }, 'heap_limit'],
  ['a crash log', { remains: [LOG], heap: HALF }, 'crashed'],
  ['a crash log after OutOfMemoryErrors', { remains: [LOG], recentErrors: { java_heap: 1 } }, 'heap_limit'],
  ['a segmentation fault', { exit: { signal: 11 } }, 'crashed'],
  ['an abort with room in the heap', { heap: HALF, exit: { signal: 6 } }, 'crashed'],
  ['a signal of somebody', { exit: { signal: 9 } }, 'ended'],
  ['nothing', {}, 'ended'],
])('%s', (_, facts, ending) => {
  const finding = findEnding(factsOf(facts));
  expect(finding.ending).toBe(ending);
  expect(finding.proof.length).toBeGreaterThan(0);
});

function cgroupOf(cgroup: Partial<CgroupVitals>): EndingFacts['snapshot'] {
  const { vitals } = sampleTarget();
  const { limitBytes: _, ...unlimited } = vitals!.cgroup!;
  return sampleTarget({ vitals: { ...vitals!, cgroup: { ...unlimited, ...cgroup } } });
}

const OWN = { limitBytes: 200 * MB, workingSetBytes: 190 * MB };
const AROUND = { bindingAncestor: { limitBytes: 100 * MB, workingSetBytes: 99 * MB, usageBytes: 99 * MB } };

test.each<[string, Partial<CgroupVitals>, EndingFacts['node'], object | undefined]>([
  ['its own cgroup', OWN, ROOMY, { limit: 'cgroup', name: '/app', bytes: 200 * MB, usedBytes: 190 * MB }],
  ['its own cgroup, also when the node is short', OWN, SHORT, { limit: 'cgroup', bytes: 200 * MB }],
  ['one around it', { ...OWN, ...AROUND }, ROOMY, { limit: 'cgroup', bytes: 100 * MB, usedBytes: 99 * MB }],
  ['the node', {}, SHORT, { limit: 'node', bytes: 1000 * MB, usedBytes: 950 * MB }],
  ['the node, far from its own limit', { ...OWN, workingSetBytes: 10 * MB }, SHORT, { limit: 'node' }],
  ['a limit that is not seen', {}, undefined, undefined],
])('a kill is laid to %s', (_, cgroup, node, limit) => {
  const { fatalLimit } = findEnding(factsOf({ snapshot: cgroupOf(cgroup), killedIn: '/app', node }));
  if (limit === undefined) expect(fatalLimit).toBeUndefined();
  else expect(fatalLimit).toMatchObject(limit);
});

test('the cgroup around it has no name that is known', () => {
  const { fatalLimit } = findEnding(factsOf({ snapshot: cgroupOf({ ...OWN, ...AROUND }), killedIn: '/app' }));
  expect(fatalLimit).not.toHaveProperty('name');
});

test.each<[string, Partial<HeapUse>, string]>([
  ['was nearly full, and most had lived', { usedBytes: 75 * MB, oldBytes: 82 * MB }, 'heap_limit'],
  ['was read a moment before it was full', { usedBytes: 72 * MB, oldBytes: 77 * MB }, 'heap_limit'],
  ['had room yet', { usedBytes: 72 * MB, oldBytes: 74 * MB }, 'ended'],
  ['was full of garbage', { usedBytes: 50 * MB, oldBytes: 96 * MB }, 'ended'],
])('V8 whose old generation %s', (_, heap, ending) => {
  const snapshot = sampleTarget({}, { runtime: 'nodejs' });
  expect(findEnding(factsOf({ snapshot, heap: { bytes: 100 * MB, usedBytes: 0, ...heap } })).ending).toBe(ending);
});
