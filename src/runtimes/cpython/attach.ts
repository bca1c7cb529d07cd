import { readLivingProcessStat } from '../../linux/process-stat.ts';
import { ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';
import { type ArenaVariables, findArenaVariables } from './arenas.ts';
import { findGcStates, type GcState } from './gc-state.ts';
import { findPythonImage, type PythonImage } from './image.ts';
import { findInterpreters, type Interpreters } from './interpreters.ts';
import { findLayout, supportedVersions } from './layouts/index.ts';
import type { CpythonLayout } from './layouts/layout.ts';
import { readVersion } from './python-version.ts';

/** A Python process whose structures have been found and checked. Close `memory` when done. */
export interface AttachedPython {
  readonly memory: ProcessMemory;
  readonly layout: CpythonLayout;
  readonly image: PythonImage;
}

/** What belongs to the interpreters, which come and go while a process runs. */
export interface InterpreterParts {
  readonly interpreters: Interpreters;
  readonly gcStates: readonly GcState[];
  /** Empty under PYTHONMALLOC=malloc. */
  readonly arenaVariables: readonly ArenaVariables[];
}

/** Finds and checks the parts of all interpreters there are now. */
export function findInterpreterParts({ memory, image, layout }: AttachedPython): InterpreterParts {
  const interpreters = findInterpreters(memory, image, layout);
  return {
    interpreters,
    gcStates: findGcStates(memory, image, layout, interpreters),
    arenaVariables: findArenaVariables(memory, image, layout, interpreters),
  };
}

/** Opens a Python process. Throws `ReadFailure` of every kind; leaves nothing open then. */
export function attach(process: ProcessRef): AttachedPython {
  // Opened first: after an exec it reads as nothing, and so never mixes an old program's addresses with a new memory.
  const memory = new ProcessMemory(process);
  try {
    const image = findPythonImage(process, readMappings(process));
    if (image === undefined) {
      throw new ReadFailure('gone', `process ${process.pid} is no Python process (any more), or it has ended`);
    }
    // The open file is bound to the address space it was opened for: if that is still ours now, it stays ours.
    readLivingProcessStat(process);
    const layout = chooseLayout(readVersion(memory, image));
    return { memory, layout, image };
  } catch (error) {
    memory.close();
    throw error;
  }
}

function chooseLayout(version: string): CpythonLayout {
  const layout = findLayout(version);
  if (layout !== undefined) return layout;
  throw new ReadFailure(
    'unsupported',
    `CPython ${version || 'of unknown version'} is not supported; heapwatch reads ${supportedVersions}`,
  );
}
