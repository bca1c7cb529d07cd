import type { TargetWatch } from '../target-watch.ts';

type Counts = Readonly<Record<string, number>>;

/**
 * Tells by how much a target's OutOfMemoryErrors have risen since it was last asked; what a process had counted when it was
 * first seen belongs to a time that we do not speak of. Every kind that is known is told, also when it has not risen.
 */
export function createErrorRise(): (watch: Pick<TargetWatch, 'vitals'>) => Counts {
  const seen = new WeakMap<object, Counts>();
  return (watch) => {
    const now = watch.vitals?.heap?.outOfMemoryErrors;
    if (now === undefined) return {};
    const before = seen.get(watch) ?? now;
    seen.set(watch, now);
    return Object.fromEntries(
      Object.entries(now).map(([kind, count]) => [kind, Math.max(0, count - (before[kind] ?? count))]),
    );
  };
}
