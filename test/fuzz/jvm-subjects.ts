import { ProcessMemory, readMappings } from '../../src/memory/process-memory.ts';
import type { ProcessRef } from '../../src/model/target.ts';
import { readFlags } from '../../src/runtimes/hotspot/flags.ts';
import { hotspot } from '../../src/runtimes/hotspot/index.ts';
import { findLibjvm } from '../../src/runtimes/hotspot/libjvm.ts';
import { readVmStructs } from '../../src/runtimes/hotspot/vm-structs.ts';
import { type HeapRecording, recordHeap } from './heap-recording.ts';
import { makeHostile, withHostileMemory } from './hostile-memory.ts';
import type { Subject } from './subject.ts';

/** Copies and tables of up to 8 MB, for each of at most sixty attempts at a heap whose collections never rest. */
const mostBytes = 600 * 2 ** 20;
/** A JVM that is said to be in a collection is waited for, 3 s. */
const mostMs = 5000;
const noAbort = new Int32Array(new SharedArrayBuffer(4));

/** All that reads a JVM's own description of itself and its heap, on what a real one looked like. */
export function jvmSubjects(pid: number): readonly Subject[] {
  const recording = recordHeap(pid, hotspot);
  return [
    subject(recording, 'vm-structs', 400, readStructs),
    subject(recording, 'jvm-vitals', 200, readVitals),
    subject(recording, 'jvm-census', 400, (process) => {
      const { objects, bytes, types, quality } = hotspot.census(process, noAbort);
      return { objects, bytes, types, quality };
    }),
  ];
}

function subject(
  recording: HeapRecording,
  name: string,
  share: number,
  read: (process: ProcessRef) => unknown,
): Subject {
  let number = 0;
  return {
    name,
    share,
    mostBytes,
    mostMs,
    prepare(random) {
      const within = random.oneIn(3) ? recording.areas : recording.structs;
      const hostile = makeHostile(recording, random, within);
      // Another path each time, as what was found once is kept for the process.
      const procfsPath = `${recording.process.procfsPath}/${'./'.repeat(++number)}`;
      return () => withHostileMemory(recording, hostile, () => read({ ...recording.process, procfsPath }));
    },
  };
}

function readVitals(process: ProcessRef): unknown {
  const session = hotspot.open(process);
  try {
    const vitals = session.vitals();
    for (const [name, bytes] of Object.entries({ ...vitals, ...vitals.spaceUsedBytes })) {
      if (typeof bytes === 'number' && !(bytes >= 0 && bytes < 2 ** 60)) throw new Error(`${name} of ${bytes} bytes`);
    }
    return vitals;
  } finally {
    session.close();
  }
}

function readStructs(process: ProcessRef): unknown {
  const memory = new ProcessMemory(process);
  try {
    const mappings = readMappings(process);
    const path = findLibjvm(mappings)!.path;
    const structs = readVmStructs(memory, mappings, path);
    const flags = readFlags(memory, mappings, path, structs);
    return { fields: structs.fields.size, heap: flags.number('MaxHeapSize'), g1: flags.bool('UseG1GC') };
  } finally {
    memory.close();
  }
}
