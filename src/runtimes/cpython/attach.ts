import { readLivingProcessStat } from '../../linux/process-stat.ts';
import { ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';
import { findGcStates, type GcState } from './gc-state.ts';
import { findPythonImage, type PythonImage } from './image.ts';
import { findLayout, supportedVersions } from './layouts/index.ts';
import type { CpythonLayout } from './layouts/layout.ts';
import { readVersion } from './python-version.ts';

/** A Python process whose structures have been found and checked. Close `memory` when done. */
export interface AttachedPython {
  readonly memory: ProcessMemory;
  readonly layout: CpythonLayout;
  readonly gcStates: readonly GcState[];
  readonly image: PythonImage;
}

/** Opens a Python process. Throws `ReadFailure` of every kind; leaves nothing open then. */
export function attach(process: ProcessRef): AttachedPython {
  const mappings = readMappings(process);
  const image = findPythonImage(process, mappings);
  if (image === undefined) {
    throw new ReadFailure('gone', `Process ${process.pid} is no Python process (any more).`);
  }
  const memory = new ProcessMemory(process);
  try {
    // The open file is bound to the address space it was opened for: if that is still ours now, it stays ours.
    readLivingProcessStat(process);
    const layout = chooseLayout(readVersion(memory, image));
    const gcStates = findGcStates(memory, image, layout);
    return { memory, layout, gcStates, image };
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
    `CPython ${version || 'of unknown version'} is not supported; heapwatch reads ${supportedVersions}.`,
  );
}
