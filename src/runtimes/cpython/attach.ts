import { readLivingProcessStat } from '../../linux/process-stat.ts';
import { ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';
import { giveUp } from '../vanished.ts';
import { type ArenaVariables, findMainArenas } from './arenas.ts';
import { findPythonImage, type PythonImage } from './image.ts';
import { findInterpreters } from './interpreters.ts';
import { findLayout, supportedVersions } from './layouts/index.ts';
import type { CpythonLayout } from './layouts/layout.ts';
import { readVersion } from './python-version.ts';

/** A Python process whose structures have been found and checked. Close `memory` when done. */
export interface AttachedPython {
  readonly memory: ProcessMemory;
  readonly layout: CpythonLayout;
  readonly image: PythonImage;
  /** The main interpreter's table of arenas, which only a search finds up to 3.11; empty under PYTHONMALLOC=malloc. */
  readonly mainArenas: readonly ArenaVariables[];
}

/** Opens a Python process. Throws `ReadFailure` of every kind; leaves nothing open then. */
export function attach(process: ProcessRef): AttachedPython {
  // Opened first: after an exec it reads as nothing, and so never mixes an old program's addresses with a new memory.
  const memory = new ProcessMemory(process);
  try {
    const mappings = readMappings(process);
    const image = findPythonImage(process, mappings);
    if (image === undefined) {
      throw new ReadFailure('gone', `process ${process.pid} is no Python process (any more), or it has ended`);
    }
    // The open file is bound to the address space it was opened for: if that is still ours now, it stays ours.
    readLivingProcessStat(process);
    const layout = chooseLayout(readVersion(memory, image));
    findInterpreters(memory, image, layout); // refuses what cannot be read before the search, which takes longest
    return { memory, layout, image, mainArenas: findMainArenas(memory, image, layout, mappings) };
  } catch (error) {
    throw giveUp(error, memory);
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
