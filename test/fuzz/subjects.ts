import { cpython } from '../../src/runtimes/cpython/index.ts';
import { v8 } from '../../src/runtimes/v8/index.ts';
import { startPython } from '../real/doctor.ts';
import { interpreters } from '../real/interpreters.ts';
import { startProgram } from '../real/program.ts';
import { elfSubject } from './elf-subjects.ts';
import { recordHeap } from './heap-recording.ts';
import { heapSubjects } from './heap-subjects.ts';
import { nodeSubjects } from './node-subjects.ts';
import { pagemapSubject } from './pagemap-subject.ts';
import { perfDataSubject } from './perf-data-subject.ts';
import type { Subject } from './subject.ts';
import { textSubjects } from './text-subjects.ts';

/** A little of everything that a census meets. */
const program = `
class Order:
    def __init__(self): self.items = [1, 'x' * 600]
class Slotted:
    __slots__ = ('a',)
keep = [Order() for _ in range(200)] + [Slotted() for _ in range(200)] + [(n, str(n)) for n in range(500)]
keep.append(['y' * 300000, {n: {} for n in range(1000)}])
`;

/** Every parser of what a target can choose, except those of heaps. */
export function fileSubjects(): readonly Subject[] {
  return [
    ...textSubjects,
    elfSubject([process.execPath, ...interpreters.map(({ path }) => path)]),
    pagemapSubject(),
    perfDataSubject,
  ];
}

/** The readers of heaps, on recordings of real ones. */
export async function recordedHeapSubjects(paths: readonly string[]): Promise<readonly Subject[]> {
  const pids = await Promise.all(paths.map((path) => startPython(path, program)));
  return heapSubjects(pids.map((pid) => recordHeap(pid, cpython)));
}

/** The readers of V8's heaps, on recordings of real ones. */
export async function recordedNodeSubjects(paths: readonly string[]): Promise<readonly Subject[]> {
  const programs = await Promise.all(paths.map((path) => startProgram(path, 'v8-vitals.mjs')));
  return nodeSubjects(programs.map(({ pid }) => recordHeap(pid, v8)));
}
