import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { heapwatch } from './heapwatch.ts';

/** A change of verdict that `heapwatch replay` tells. */
export interface ReplayedVerdict {
  /** Unix time. */
  readonly t: number;
  readonly verdict: string;
  readonly cause?: string;
}

/** The changes of verdict in the only recording of a service in the folder. */
export async function replayedVerdicts(folder: string, service: string): Promise<ReplayedVerdict[]> {
  const name = new RegExp(`^${service.replaceAll(' ', '_')}-\\d+-`);
  const files = readdirSync(folder).filter((file) => name.test(file));
  if (files.length !== 1) throw new Error(`not one recording of ${service} but ${files.length}`);
  const { code, stdout, stderr } = await heapwatch(['replay', join(folder, files[0]!)]);
  if (code !== 0) throw new Error(stderr);
  const lines = stdout.split('\n').slice(0, -1);
  const all = lines.map((line) => JSON.parse(line) as ReplayedVerdict);
  return all.filter(({ verdict }, index) => verdict !== all[index - 1]?.verdict);
}
