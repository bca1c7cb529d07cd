import { expect, test } from 'vitest';
import { interpreters } from '../real/interpreters.ts';
import { nodes } from '../real/nodes.ts';
import { chooseCases } from './chosen-cases.ts';
import { runSubjects } from './runs.ts';
import { fileSubjects, recordedHeapSubjects, recordedNodeSubjects } from './subjects.ts';

const total = 40_000;
const chosen = chooseCases('1');

test('hostile files give an answer, nothing or a ReadFailure, soon and in bounded memory', () => {
  runSubjects(fileSubjects(), chosen, total);
});

test('hostile heaps give an answer, nothing or a ReadFailure, soon and in bounded memory', async () => {
  const [oldest, newest] = [interpreters[0], interpreters.at(-1)];
  if (oldest === undefined || newest === undefined) return expect.fail('no CPython on this machine');
  runSubjects(await recordedHeapSubjects([oldest.path, newest.path]), chosen, total);
});

test('hostile heaps of Node.js give an answer or a ReadFailure, soon and in bounded memory', async () => {
  runSubjects(await recordedNodeSubjects([...new Set([nodes[0]!.path, nodes.at(-1)!.path])]), chosen, total);
});
