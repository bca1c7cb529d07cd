import type { FilePlace } from '../linux/file-place.ts';
import type { Assessment } from '../model/assessment.ts';
import { ReadFailure } from '../model/failure.ts';
import type { ProcessRef, Target } from '../model/target.ts';
import type { Vitals } from '../model/vitals.ts';
import type { LogPlace } from './log-tail.ts';

/** A target as it lived when the state was saved, and where to look, should it have ended since, for what says why. */
export interface SavedLife {
  /** Of its history. */
  readonly key: string;
  /** Unix time at which it was known to live. */
  readonly atSeconds: number;
  readonly target: Omit<Target, 'process'> & Pick<ProcessRef, 'pid' | 'startTicks'>;
  readonly vitals?: Vitals;
  readonly assessment?: Assessment;
  /** Kills counted in its cgroup and in the pod around it. */
  readonly oomKills: { readonly own?: SavedOomKills; readonly outer?: SavedOomKills };
  /** JVM: the folder in which it leaves files about its end. */
  readonly remains?: { readonly folder: FilePlace; readonly innerPid: number };
  readonly logs: readonly LogPlace[];
}

export interface SavedOomKills {
  readonly key: string;
  readonly place: FilePlace;
  readonly count: number;
}

export function formatLife(life: SavedLife): string {
  return JSON.stringify(life);
}

/**
 * The file says itself that it is whole and ours, so only what would lead astray is checked: what is looked for, and
 * where. Throws `unreadable`.
 */
export function parseLife(line: string): SavedLife {
  try {
    const life = JSON.parse(line) as SavedLife;
    const { target, logs, remains } = life;
    const oomKills = [life.oomKills.own, life.oomKills.outer].filter((kills) => kills !== undefined);
    const texts = [life.key, target.serviceName, target.version, target.command];
    const places = [...oomKills.map(({ place }) => place), ...logs, ...(remains ? [remains.folder] : [])];
    const numbers = [
      ...[life.atSeconds, target.pid, target.startTicks, target.startTimeSeconds],
      ...[...oomKills.map(({ count }) => count), ...logs.map(({ offset }) => offset)],
      ...places.flatMap(({ device, inode }) => [device, inode]),
    ];
    const isKnown = ['nodejs', 'cpython', 'jvm'].includes(target.runtime);
    const isText = (value: unknown) => typeof value === 'string';
    if (isKnown && [...texts, ...places.map(({ path }) => path)].every(isText) && numbers.every(Number.isFinite)) {
      return life;
    }
    throw new TypeError('a property is missing, or of another kind');
  } catch (cause) {
    throw new ReadFailure('unreadable', `a target is not as heapwatch writes it: ${(cause as Error).message}`, {
      cause,
    });
  }
}
