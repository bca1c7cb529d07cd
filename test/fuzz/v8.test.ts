import { test } from 'vitest';
import { nodes } from '../real/nodes.ts';
import { startProgram } from '../real/program.ts';
import { chooseCases } from './chosen-cases.ts';
import { runSubjects } from './runs.ts';
import { v8Subjects } from './v8-subjects.ts';

const total = 250;

for (const { path, version } of [nodes[0], nodes.at(-1)].flatMap((node) => node ?? [])) {
  test(`hostile heaps of Node.js ${version} give an answer or a ReadFailure, soon and in bounded memory`, async () => {
    const program = await startProgram(path, 'v8-hostile-names.mjs');
    runSubjects(v8Subjects(program.pid), chooseCases('1'), total);
  });
}
