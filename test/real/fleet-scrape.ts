import { expect } from 'vitest';
import { readBootTime } from '../../src/linux/boot-time.ts';
import type { Fleet } from './fleet.ts';
import type { Server } from './heapwatch.ts';

/** What /metrics says of a fleet. */
export interface Scrape {
  readonly atSeconds: number;
  /** How long the answer took. */
  readonly durationMs: number;
  readonly series: number;
  /** By family, then by pid: the only sample, or the last. */
  readonly values: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** By pid: names of types of the fleet. */
  readonly fleetTypes: ReadonlyMap<number, readonly string[]>;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export async function scrape(server: Server): Promise<Scrape> {
  const began = performance.now();
  const text = await (await fetch(`${server.url}/metrics`, { signal: AbortSignal.timeout(60_000) })).text();
  const durationMs = performance.now() - began;
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const values = new Map<string, Map<number, number>>();
  const fleetTypes = new Map<number, string[]>();
  for (const line of lines) {
    const [, family = '', pid] = /^(\w+)\{.*?\bpid="(\d+)"/.exec(line) ?? [];
    if (pid === undefined) continue;
    const ofFamily = values.get(family) ?? new Map<number, number>();
    values.set(family, ofFamily.set(Number(pid), Number(line.split(' ').at(-1))));
    const name = family === 'heapwatch_objects' ? /type="(?:__main__\.)?(Fleet[A-J]+)"/.exec(line)?.[1] : undefined;
    if (name !== undefined) fleetTypes.set(Number(pid), [...(fleetTypes.get(Number(pid)) ?? []), name]);
  }
  const own = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    ...{ atSeconds: Date.now() / 1000, durationMs, series: lines.length, values, fleetTypes },
    cpuSeconds: own('process_cpu_seconds_total'),
    residentBytes: own('process_resident_memory_bytes'),
  };
}

/** No census is attributed to another process: the class that only one has is that of the process with that start time. */
export function expectRightNames({ values, fleetTypes }: Scrape, { ever }: Fleet): void {
  for (const [pid, startSeconds] of values.get('heapwatch_process_start_time_seconds') ?? []) {
    const startTicks = Math.round((startSeconds - readBootTime('/proc')) * 100);
    const member = ever.get(`${pid} ${startTicks}`);
    const names = fleetTypes.get(pid);
    if (member !== undefined && names !== undefined) expect([pid, names]).toEqual([pid, [member.name]]);
  }
}

/** Of the values of a family; of an even number of them the upper of the middle two. */
export function medianOf({ values }: Scrape, family: string): number {
  const sorted = [...(values.get(family)?.values() ?? [])].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
