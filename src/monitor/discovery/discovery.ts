import { readBootTime } from '../../linux/boot-time.ts';
import { readOwnPids } from '../../linux/own-processes.ts';
import { listPids } from '../../linux/process-list.ts';
import { isDead, readProcessStat, TICKS_PER_SECOND } from '../../linux/process-stat.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { SkipReason } from '../../model/snapshot.ts';
import type { Target } from '../../model/target.ts';
import type { Clock } from '../clock.ts';
import type { BackOff } from '../heap-session.ts';
import {
  isStillTrue,
  type Look,
  type LookOptions,
  lookAtProcess,
  looksLikeTarget,
  type SeenProcess,
} from './process-look.ts';

export interface DiscoveryOptions extends LookOptions, BackOff {
  readonly procfsPath: string;
  /** Younger processes are not looked at: most end before anything is known of them. */
  readonly minAgeSeconds: number;
  readonly maxTargets: number;
  readonly clock: Pick<Clock, 'nowSeconds' | 'elapsedSeconds'>;
}

export interface DiscoveredTarget {
  readonly target: Target;
  /** Another one after an exec, although pid and start time are the same then. */
  readonly image: string;
}

/** What one round found. */
export interface DiscoveryRound {
  /** At most `maxTargets`; the oldest come first, so that a new one never displaces another. */
  readonly targets: readonly DiscoveredTarget[];
  readonly skipped: Readonly<Record<SkipReason, number>>;
  /** Looks that failed in this round, and not for the same reason in an earlier one. */
  readonly failures: readonly { readonly pid: number; readonly failure: unknown }[];
}

export interface Discovery {
  /**
   * Looks at each process that is new, and again at those of which it is time; calls `pause` between looks. Throws
   * `unreadable` when there is no procfs.
   */
  round(pause: () => Promise<void>): Promise<DiscoveryRound>;
}

interface RememberedLook extends Look {
  /** Of this program: how often a look in a row has failed, or found no names. */
  readonly failuresInRow: number;
  /** When a process that is no target, or nameless, is looked at again, by the clock that is never set. */
  readonly lookAgainAtSeconds: number;
}

export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { procfsPath, runtimes, minAgeSeconds, maxTargets, roundSeconds, longestBackOffSeconds, clock } = options;
  let known: ReadonlyMap<number, RememberedLook> = new Map();

  function holds(before: RememberedLook, seen: SeenProcess): boolean {
    if (!isStillTrue(before, seen)) return false;
    if (before.target !== undefined && !before.isNameless) return true;
    return clock.elapsedSeconds() < before.lookAgainAtSeconds;
  }

  function waitSeconds(ageSeconds: number, failuresInRow: number): number {
    if (failuresInRow > 0) return Math.min(longestBackOffSeconds, roundSeconds * 2 ** (failuresInRow - 1));
    // It may have loaded its interpreter as a library by then. Each time after as long as it had lived: few looks, and
    // none of them late for its age.
    return Math.max(ageSeconds, 1);
  }

  function lookAgain(seen: SeenProcess, ageSeconds: number, before: RememberedLook | undefined): RememberedLook {
    const look = lookAtProcess(seen, options);
    const isSame = before?.startTicks === look.startTicks && before.image === look.image;
    const isDone = look.failure === undefined && !look.isNameless;
    const failuresInRow = isDone ? 0 : 1 + (isSame ? before.failuresInRow : 0);
    return {
      ...look,
      failuresInRow,
      lookAgainAtSeconds: clock.elapsedSeconds() + waitSeconds(ageSeconds, failuresInRow),
    };
  }

  return {
    async round(pause) {
      const nowSeconds = clock.nowSeconds();
      const looks = new Map<number, RememberedLook>();
      const failures: { pid: number; failure: unknown }[] = [];
      let tooYoung = 0;
      for (const seen of listProcesses(procfsPath)) {
        const { pid } = seen.process;
        const before = known.get(pid);
        try {
          let look = before !== undefined && holds(before, seen) ? before : undefined;
          if (look === undefined) {
            const ageSeconds = nowSeconds - seen.startTimeSeconds;
            if (ageSeconds < minAgeSeconds) {
              if (looksLikeTarget(seen, runtimes)) tooYoung++;
              continue;
            }
            look = lookAgain(seen, ageSeconds, before);
            if (isNews(look, before)) failures.push({ pid, failure: look.failure });
            await pause();
          }
          looks.set(pid, look);
        } catch (error) {
          // Ended while we looked, or has just become another user's: the next round sees it as it is then.
          if (!(error instanceof ReadFailure)) throw error;
        }
      }
      known = looks;
      const targets = targetsByAge(looks);
      const count = (isMeant: (look: Look) => boolean) => [...looks.values()].filter(isMeant).length;
      return {
        targets: targets.slice(0, maxTargets),
        skipped: {
          denied: count(({ failure }) => isDenied(failure)),
          excluded: count(({ skip }) => skip === 'excluded'),
          too_young: tooYoung,
          over_bound: Math.max(0, targets.length - maxTargets),
          opted_out: count(({ skip }) => skip === 'opted_out'),
        },
        failures,
      };
    },
  };
}

/** All living processes with a memory of their own, except this one and what started it. Throws `unreadable`. */
function* listProcesses(procfsPath: string): Generator<SeenProcess> {
  const ownPids = readOwnPids(procfsPath);
  const bootSeconds = readBootTime(procfsPath);
  for (const pid of listPids(procfsPath)) {
    if (ownPids.has(pid)) continue;
    try {
      const stat = readProcessStat(procfsPath, pid);
      if (stat.kernelThread || isDead(stat)) continue;
      const startTimeSeconds = bootSeconds + stat.startTicks / TICKS_PER_SECOND;
      yield { process: { pid, startTicks: stat.startTicks, procfsPath }, stat, startTimeSeconds };
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
    }
  }
}

function targetsByAge(looks: ReadonlyMap<number, Look>): DiscoveredTarget[] {
  return [...looks.values()]
    .flatMap(({ target, skip, image }) => (target === undefined || skip !== undefined ? [] : [{ target, image }]))
    .sort((a, b) => a.target.process.startTicks - b.target.process.startTicks);
}

function isNews(look: Look, before: Look | undefined): boolean {
  if (look.failure === undefined) return false;
  if (before?.startTicks !== look.startTicks || before.failure === undefined) return true;
  return isDenied(before.failure) !== isDenied(look.failure);
}

function isDenied(failure: unknown): boolean {
  return failure instanceof ReadFailure && failure.kind === 'denied';
}
