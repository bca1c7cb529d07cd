import { opendirSync, statfsSync, statSync } from 'node:fs';

/** PROC_SUPER_MAGIC of include/uapi/linux/magic.h. */
const PROC_SUPER_MAGIC = 0x9fa0;

/** Listing costs about 1 us an entry; a process with more descriptors than this has none to show on an old kernel. */
const LISTED_FDS = 16_384;

/**
 * Counts a process's open file descriptors. Since Linux 6.2 the size of /proc/<pid>/fd is their number; older kernels
 * say 0 and the directory is listed. Undefined when we may not know, or when there are too many to list.
 */
export function countOpenFds(procfsPath: string, pid: number): number | undefined {
  const path = `${procfsPath}/${pid}/fd`;
  try {
    const { size } = statSync(path);
    if (size > 0 && statfsSync(path).type === PROC_SUPER_MAGIC) return size;
    return countEntries(path);
  } catch {
    // Not readable is an absence here, not a failure: all other vitals are still worth having.
    return undefined;
  }
}

function countEntries(path: string): number | undefined {
  const directory = opendirSync(path, { bufferSize: 1024 });
  try {
    for (let count = 0; count <= LISTED_FDS; count++) {
      if (directory.readSync() === null) return count;
    }
    return undefined;
  } finally {
    directory.closeSync();
  }
}
