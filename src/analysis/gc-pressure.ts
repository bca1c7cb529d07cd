import { overflow } from './thresholds.ts';

/** How much of the last quarter of an hour went into collections that stop the program. */
export interface GcPressure {
  /** Cumulative seconds; a counter that falls starts again. Answers the share, undefined while less than half is known. */
  add(atSeconds: number, pauseSeconds: number): number | undefined;
}

/** Steps in the window: its ends may be this part of it off. */
const STEPS = 30;

export function createGcPressure(pace: number): GcPressure {
  const window = overflow.gcSeconds / pace;
  let marks: { readonly atSeconds: number; readonly pauseSeconds: number }[] = [];
  return {
    add(atSeconds, pauseSeconds) {
      if (pauseSeconds < (marks.at(-1)?.pauseSeconds ?? 0)) marks = [];
      while (marks.length > 1 && marks[1]!.atSeconds <= atSeconds - window) marks.shift();
      const first = marks[0];
      const last = marks.at(-1);
      if (last === undefined || atSeconds - last.atSeconds >= window / STEPS) marks.push({ atSeconds, pauseSeconds });
      if (first === undefined || atSeconds - first.atSeconds < window / 2) return undefined;
      return (pauseSeconds - first.pauseSeconds) / (atSeconds - first.atSeconds);
    },
  };
}
