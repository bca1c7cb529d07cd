/** How alert rules write time: every duration divided by one factor, so that a test runs hours in minutes. */
export interface Pace {
  /** As PromQL and rule files write a duration. */
  duration(seconds: number): string;
  /** As a number of seconds to count with. */
  seconds(seconds: number): string;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

export function createPace(factor: number): Pace {
  return {
    duration(seconds) {
      const milliseconds = Math.max(1, Math.round((seconds * 1000) / factor));
      // A day and a half is 36h, not a fraction; two days are 2d.
      const [unit, size] = units.find(([, each]) => milliseconds % each === 0) ?? ['ms', 1];
      return `${milliseconds / size}${unit}`;
    },
    seconds: (seconds) => String(seconds / factor),
  };
}
