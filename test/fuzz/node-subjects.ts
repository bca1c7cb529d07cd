import { onTestFinished } from 'vitest';
import { ProcessMemory } from '../../src/memory/process-memory.ts';
import type { Session } from '../../src/runtimes/runtime.ts';
import { attach } from '../../src/runtimes/v8/attach.ts';
import { v8 } from '../../src/runtimes/v8/index.ts';
import { findIsolates } from '../../src/runtimes/v8/isolates.ts';
import type { HeapRecording, Look } from './heap-recording.ts';
import { makeHostile, withHostileMemory } from './hostile-memory.ts';
import type { Subject } from './subject.ts';

/** A recorded Node.js, opened for vitals. */
interface Patient extends HeapRecording {
  readonly session: Session;
  /** What vitals look at: single fields, and each isolate's heap as a whole. */
  readonly counters: readonly Look[];
}

/** As many isolates as are believed, with a window of each. */
const mostBytes = 4096 * 32 * 1024;
const heapBytes = 0xe00;

/** All that reads the counters of a V8, on what real ones looked like. */
export function nodeSubjects(recordings: readonly HeapRecording[]): readonly Subject[] {
  const patients = recordings.map(admit);
  return [
    {
      name: 'node vitals',
      share: 20,
      mostBytes,
      prepare(random) {
        const patient = random.pick(patients);
        const hostile = makeHostile(patient, random, patient.counters);
        const run = random.oneIn(10) ? () => openAnew(patient) : () => patient.session.vitals();
        return () => withHostileMemory(patient, hostile, run);
      },
    },
  ];
}

function openAnew({ process }: Patient) {
  const session = v8.open(process);
  try {
    return session.vitals();
  } finally {
    session.close();
  }
}

function admit(recording: HeapRecording): Patient {
  return withHostileMemory(recording, new Map(), () => {
    const session = v8.open(recording.process);
    onTestFinished(session.close);
    const node = attach(recording.process);
    const heaps = findIsolates(node).map(({ heap }) => ({ address: heap, length: heapBytes }));
    node.memory.close();
    if (heaps.length !== 1) throw new Error('the recording has not one isolate');
    const fields = looksOf(() => session.vitals()).filter(({ length }) => length <= 64);
    return { ...recording, session, counters: [...fields, ...heaps, ...heaps] };
  });
}

/** Where memory is read meanwhile. */
function looksOf(use: () => void): Look[] {
  const looks: Look[] = [];
  const { read } = ProcessMemory.prototype;
  ProcessMemory.prototype.read = function (address, into, at, length) {
    looks.push({ address, length });
    return read.call(this, address, into, at, length);
  };
  try {
    use();
    return looks;
  } finally {
    ProcessMemory.prototype.read = read;
  }
}
