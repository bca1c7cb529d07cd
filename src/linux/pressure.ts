import { absentOnFailure } from '../model/failure.ts';
import { readSmallFile } from './small-file.ts';

/** How long work stood still for want of something. */
export interface Stall {
  /** Share of the last 10 s, 0 to 1. */
  readonly recentShare: number;
  /** Since the machine, or the cgroup, is there. */
  readonly totalSeconds: number;
}

export interface Pressure {
  /** At least one task waited. */
  readonly some: Stall;
  /** All tasks waited. For the CPU of a machine it is absent, or 0. */
  readonly full?: Stall;
}

/**
 * Parses pressure stall information (kernel document accounting/psi), totals in microseconds:
 * `some avg10=3.63 avg60=3.77 avg300=9.69 total=323688247`. Undefined when it is none.
 */
export function parsePressure(text: string): Pressure | undefined {
  const some = parseStall(text, 'some');
  const full = parseStall(text, 'full');
  return some && { some, ...(full && { full }) };
}

function parseStall(text: string, kind: string): Stall | undefined {
  // At most 100 percent, and the 20 digits of a 64-bit number.
  const line = new RegExp(`^${kind} avg10=(\\d{1,3}\\.\\d+) .*total=(\\d{1,20})$`, 'm').exec(text);
  return line === null ? undefined : { recentShare: Number(line[1]) / 100, totalSeconds: Number(line[2]) / 1e6 };
}

/** Of the machine's processors. Undefined where the kernel keeps no account of it: before Linux 4.20, or with psi=0. */
export function readCpuPressure(procfsPath: string): Pressure | undefined {
  return absentOnFailure(() => parsePressure(readSmallFile(`${procfsPath}/pressure/cpu`)));
}
