import type { Past } from './growth/past.ts';
import type { Trend } from './growth/trend.ts';
import { type Patience, patience, verdicts } from './thresholds.ts';

/** Growth whose name is sought. */
export interface NamelessGrowth {
  readonly basis: 'types' | 'floor' | 'metaspace' | 'fds' | 'threads' | 'native';
  readonly trend: Trend;
  readonly etaSeconds: number | undefined;
  readonly isBacklog: boolean;
  /** One of its types leaked in an earlier life of the process. */
  readonly isKnown: boolean;
}

/** Censuses after which silence of the types means something. */
export const ENOUGH_CENSUSES = 8;

/** How long growth must have lasted before it is called a leak or a backlog. `mistakes` were taken back before. */
export function neededSeconds(growth: NamelessGrowth, past: Past, pace: number, mistakes: number): number {
  const { share, leastSeconds, mostSeconds } = patienceFor(growth, past, pace);
  const wanted = growth.etaSeconds === undefined ? mostSeconds / pace : share * growth.etaSeconds;
  const needed = Math.min(Math.max(wanted, leastSeconds / pace), mostSeconds / pace);
  const known = growth.isKnown ? verdicts.known : 1;
  const doubt = growth.basis === 'floor' && past.censusCount >= ENOUGH_CENSUSES ? verdicts.doubt : 1;
  return needed * known * doubt * (1 + mistakes);
}

function patienceFor({ basis, trend, isBacklog }: NamelessGrowth, past: Past, pace: number): Patience {
  if (isBacklog) return patience.backlog;
  if (basis === 'native') return patience.native;
  if (basis === 'fds' || basis === 'threads') return patience.handles;
  const fromBirth = isFromBirth(trend, past.lastSeconds - past.firstSeconds, pace);
  if (basis === 'metaspace') return fromBirth ? patience.metaspaceFromBirth : patience.metaspace;
  if (basis === 'floor') return fromBirth ? patience.floorFromBirth : patience.floor;
  return fromBirth ? patience.typesFromBirth : patience.types;
}

/** Whether it grew since it was first seen: at once, or by so much before growth is said to begin that this is the same. */
function isFromBirth(trend: Trend, age: number, pace: number): boolean {
  const { startSeconds, firstSeconds, base, firstValue, gain } = trend;
  const soon = Math.max(verdicts.birthSeconds / pace, verdicts.birthShare * age);
  return startSeconds - firstSeconds < soon || base - firstValue > verdicts.earlierGain * gain;
}
