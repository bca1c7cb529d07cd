import { statSync } from 'node:fs';

/** Where a file or a folder was, to be found again later: what has taken its place meanwhile is another one. */
export interface FilePlace {
  readonly path: string;
  readonly device: number;
  readonly inode: number;
}

/** Undefined when there is nothing, or nothing that may be seen. */
export function findPlace(path: string): FilePlace | undefined {
  try {
    const { dev, ino } = statSync(path);
    return { path, device: dev, inode: ino };
  } catch {
    return undefined;
  }
}

/** Whether the very same is still there. */
export function isInPlace({ path, device, inode }: FilePlace): boolean {
  const now = findPlace(path);
  return now?.device === device && now.inode === inode;
}
