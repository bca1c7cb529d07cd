import { expect, test, vi } from 'vitest';
import { interpreters } from '../real/interpreters.ts';
import { nodes } from '../real/nodes.ts';
import { chooseCases } from './chosen-cases.ts';
import { runSubjects } from './runs.ts';
import type { Subject } from './subject.ts';
import { fileSubjects, recordedHeapSubjects, recordedNodeSubjects } from './subjects.ts';

const total = Number(process.env.HEAPWATCH_FUZZ_CASES ?? 1_000_000);
/** A million takes some minutes. */
vi.setConfig({ testTimeout: 600_000 * Math.max(1, total / 1_000_000) });
const chosen = chooseCases(String(Date.now()));

/** Says what was run and how to run it again. */
function run(subjects: readonly Subject[]): void {
  console.log([`HEAPWATCH_FUZZ_SEED=${chosen.seed}`, ...runSubjects(subjects, chosen, total)].join('\n'));
}

test('the shares of the subjects are a whole', async () => {
  const [any] = interpreters;
  const heaps = any === undefined ? expect.fail('no CPython on this machine') : await recordedHeapSubjects([any.path]);
  const ofNode = await recordedNodeSubjects([nodes[0]!.path]);
  const shares = [...fileSubjects(), ...heaps, ...ofNode].map(({ share }) => share);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBe(1000);
});

test('hostile files, of a million cases: an answer, nothing or a ReadFailure, soon and in bounded memory', () => {
  run(fileSubjects());
});

test('hostile heaps of every version, of a million cases: an answer or a ReadFailure', async () => {
  run(await recordedHeapSubjects(interpreters.map(({ path }) => path)));
});

test('hostile heaps of every line of Node.js, of a million cases: an answer or a ReadFailure', async () => {
  run(await recordedNodeSubjects(nodes.map(({ path }) => path)));
});
