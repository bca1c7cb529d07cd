import { test } from 'vitest';
import { nodes } from '../real/nodes.ts';
import { startProgram } from '../real/program.ts';
import { chooseCases } from './chosen-cases.ts';
import { runSubjects } from './runs.ts';
import { v8Subjects } from './v8-subjects.ts';

const chosen = chooseCases(String(Date.now()));

test.each(nodes)('hostile heaps of Node.js $version, of 5,000 cases: an answer or a ReadFailure', async ({ path }) => {
  const program = await startProgram(path, 'v8-hostile-names.mjs');
  console.log([`HEAPWATCH_FUZZ_SEED=${chosen.seed}`, ...runSubjects(v8Subjects(program.pid), chosen, 5000)].join('\n'));
});
