import { ReadFailure } from '../model/failure.ts';
import { readSmallFile } from './small-file.ts';

/** Another one after each boot, see random(4): start times of processes are told from it. Throws `ReadFailure`. */
export function readBootId(procfsPath: string): string {
  const id = readSmallFile(`${procfsPath}/sys/kernel/random/boot_id`).trim();
  if (/^[0-9a-f-]{36}$/.test(id)) return id;
  throw new ReadFailure('unreadable', `the file sys/kernel/random/boot_id below ${procfsPath} holds no boot id`);
}
