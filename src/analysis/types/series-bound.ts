import type { Assessment } from '../../model/assessment.ts';
import type { TypeCount } from '../../model/census.ts';
import type { TargetSnapshot } from '../../model/snapshot.ts';
import { assignPlaces, type Places } from './places.ts';
import { mergeRows, OTHER_TYPES } from './type-rows.ts';

/** heapwatch_objects and heapwatch_object_bytes. */
export const SERIES_PER_TYPE = 2;

/** At most what a target has besides its types, a service for its deaths, the exporter itself: a test counts them. */
export const SERIES_PER_TARGET = 60;
export const SERIES_PER_SERVICE = 8;
/** The state set of heapwatch_verdict. */
const SERIES_PER_VERDICT = 8;
export const SERIES_OF_EXPORTER = 200;

/** That heapwatch_objects_growth_per_second shows of a target. */
const MOST_GROWING_TYPES = 10;

/** More types are shown again only when there is room for a quarter more: targets that come and go shall not show. */
const ROOM_TO_GROW = 1.25;

export interface BoundTargets {
  readonly targets: readonly TargetSnapshot[];
  /** Series of types that the bound withheld. */
  readonly droppedSeries: number;
}

/** What was last shown of one target. */
interface Shown {
  readonly given: readonly TypeCount[];
  readonly limit: number;
  readonly types: readonly TypeCount[];
  readonly places: Places;
}

/** Called once for each snapshot, with the number of services whose deaths are counted. */
export type SeriesBound = (targets: readonly TargetSnapshot[], services: number) => BoundTargets;

/**
 * Keeps all targets together within `maxSeries`: each may show as many types as every other, the most telling ones, and
 * the rest joins its `(other)`. It remembers which types a target showed before, so that they do not come and go.
 */
export function createSeriesBound(maxSeries: number): SeriesBound {
  let limit = Number.POSITIVE_INFINITY;
  let before = new Map<string, Shown>();

  return (targets, services) => {
    const sizes = targets.map(({ exportedTypes }) => namedTypes(exportedTypes).length);
    const verdicts = targets.reduce((sum, { assessment }) => sum + seriesOfVerdict(assessment), 0);
    const others = SERIES_OF_EXPORTER + services * SERIES_PER_SERVICE + targets.length * SERIES_PER_TARGET + verdicts;
    const fitting = typesThatFit(sizes, maxSeries - others);
    if (fitting < limit || fitting >= limit * ROOM_TO_GROW) limit = fitting;
    let droppedSeries = 0;
    const shown = new Map<string, Shown>();
    const bound = targets.map((target, index) => {
      if (sizes[index]! <= limit) return target;
      const key = `${target.target.process.pid}-${target.target.process.startTicks}`;
      const now = show(target.exportedTypes, limit, before.get(key));
      shown.set(key, now);
      droppedSeries += (sizes[index]! - now.places.size) * SERIES_PER_TYPE;
      return { ...target, exportedTypes: now.types };
    });
    before = shown;
    return { targets: bound, droppedSeries };
  };
}

/** At most what an assessment shows: few targets have more than the state set. */
export function seriesOfVerdict(assessment: Assessment | undefined): number {
  if (assessment === undefined) return 0;
  const { growth, limits, suspects, growingTypes } = assessment;
  const ofGrowth = growth ? 3 + limits.length : 0;
  return SERIES_PER_VERDICT + ofGrowth + suspects.length + Math.min(growingTypes.length, MOST_GROWING_TYPES);
}

/** Finds how many types every target may show with `room` series for all of them; more than they have, if there is room. */
function typesThatFit(sizes: readonly number[], room: number): number {
  // Each target may need an (other).
  const seriesAt = (limit: number) =>
    sizes.reduce((sum, size) => sum + (size > 0 ? Math.min(size, limit) + 1 : 0), 0) * SERIES_PER_TYPE;
  let low = 0;
  let high = Math.max(0, ...sizes);
  const spare = room - seriesAt(high);
  if (spare >= 0) return high + Math.floor(spare / SERIES_PER_TYPE / Math.max(1, sizes.length));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (seriesAt(middle) <= room) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The same array as before when nothing has changed: snapshots are more frequent than censuses. */
function show(given: readonly TypeCount[], limit: number, before: Shown | undefined): Shown {
  if (before !== undefined && before.given === given && before.limit === limit) return before;
  const rows = new Map(given.map((row) => [row.type, row]));
  const ranking = namedTypes(given).map(({ type }) => type);
  const known = new Map([...(before?.places ?? [])].filter(([name]) => rows.has(name)));
  const places = assignPlaces(ranking, known, limit);
  const types = [
    ...[...places.keys()].map((name) => rows.get(name)!),
    ...mergeRows(
      given.filter(({ type }) => !places.has(type)),
      () => OTHER_TYPES,
    ),
  ];
  return { given, limit, types, places };
}

function namedTypes(types: readonly TypeCount[]): readonly TypeCount[] {
  return types.filter(({ type }) => type !== OTHER_TYPES);
}
