import type { ProcessMemory } from '../../../memory/process-memory.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { HeapVitals } from '../../../model/vitals.ts';
import { vanished } from '../../vanished.ts';
import type { GcState } from '../gc-state.ts';
import type { GcLayout } from '../layouts/layout.ts';
import { type GenerationStats, readGenerationStats } from './gc-stats.ts';

type GcPart = Pick<HeapVitals, 'gc' | 'garbageObjects' | 'gcEnabled' | 'survivingObjects'>;

/** What the collectors of all interpreters tell. Throws `gone`, `unreadable`, or `busy` while a collection writes. */
export function readGcVitals(memory: ProcessMemory, states: readonly GcState[], layout: GcLayout): GcPart {
  const garbageObjects = readGarbage(memory, states);
  // Interpreters are listed newest first; the main one speaks for `gc.isenabled()`.
  const survivingObjects = readSurvivors(memory, states);
  const gcEnabled = readEnabled(memory, states.at(-1)?.enabled);
  return {
    gc: readCounters(memory, states, layout),
    ...(garbageObjects !== undefined && { garbageObjects }),
    ...(gcEnabled !== undefined && { gcEnabled }),
    ...(survivingObjects !== undefined && { survivingObjects }),
  };
}

function readCounters(memory: ProcessMemory, states: readonly GcState[], layout: GcLayout): HeapVitals['gc'] {
  const addresses = states.flatMap(({ stats }) => stats ?? []);
  if (addresses.length === 0) return [];
  const all = addresses.map((address) => readGenerationStats(memory, address, layout.statsForm));
  return [0, 1, 2].map((generation) => {
    const sum = (pick: (stats: GenerationStats) => number) =>
      all.reduce((total, generations) => total + pick(generations[generation]!), 0);
    return {
      gc: String(generation),
      collections: sum((stats) => stats.collections),
      collectedObjects: sum((stats) => stats.collected),
      uncollectableObjects: sum((stats) => stats.uncollectable),
      ...(layout.statsForm === 'rings' && { pauseSeconds: sum((stats) => stats.seconds ?? 0) }),
      full: generation === 2,
    };
  });
}

function readGarbage(memory: ProcessMemory, states: readonly GcState[]): number | undefined {
  const addresses = states.flatMap(({ garbage }) => garbage ?? []);
  if (addresses.length === 0) return undefined;
  return addresses.reduce((objects, address) => {
    const list = memory.readWord(address);
    return objects + ((list && memory.readWord(list + 16)) ?? 0); // ob_size
  }, 0);
}

/** Known only when every interpreter has had a full collection. */
function readSurvivors(memory: ProcessMemory, states: readonly GcState[]): number | undefined {
  const kept = states.map(({ longLivedTotal }) => longLivedTotal && memory.readWord(longLivedTotal));
  return kept.every((objects) => objects) ? kept.reduce<number>((sum, objects) => sum + (objects ?? 0), 0) : undefined;
}

function readEnabled(memory: ProcessMemory, address: number | undefined): boolean | undefined {
  if (address === undefined) return undefined;
  const bytes = Buffer.alloc(4);
  if (memory.read(address, bytes, 0, 4) < 4) throw vanished(memory);
  const enabled = bytes.readUInt32LE(0);
  if (enabled > 1) {
    throw new ReadFailure('unreadable', "the collector's switch is neither on nor off: what was read is not its state");
  }
  return enabled === 1;
}
