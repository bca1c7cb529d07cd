// The format of /proc/<pid>/maps: proc_pid_maps(5), written by fs/proc/task_mmu.c of Linux.

/** One virtual memory area. Addresses are exact as numbers: user space ends below 2^47 (2^53 is the bound here). */
export interface Mapping {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly shared: boolean;
  /** Offset of `start` in the file, bytes. */
  readonly offset: number;
  readonly inode: number;
  /** A file's path as the target sees it (a deleted file's ends in ` (deleted)`), `[heap]`, `[stack]`..., or ''. */
  readonly path: string;
}

const line =
  /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([r-])([w-])([x-])([ps]) ([0-9a-f]{1,16}) [0-9a-f]+:[0-9a-f]+ (\d{1,20})(?: +(.*))?$/s;

/** Parses the text of /proc/<pid>/maps; lines that do not have its form, or go backwards, are left out. */
export function parseMappings(text: string): Mapping[] {
  const mappings: Mapping[] = [];
  let previousEnd = 0;
  for (const row of text.split('\n')) {
    const match = line.exec(row);
    if (match === null) continue;
    const start = Number.parseInt(match[1]!, 16);
    const end = Number.parseInt(match[2]!, 16);
    if (start < previousEnd || end <= start || end > Number.MAX_SAFE_INTEGER) continue;
    previousEnd = end;
    mappings.push({
      start,
      end,
      readable: match[3] === 'r',
      writable: match[4] === 'w',
      executable: match[5] === 'x',
      shared: match[6] === 's',
      offset: Number.parseInt(match[7]!, 16),
      inode: Number(match[8]),
      path: match[9] ?? '',
    });
  }
  return mappings;
}

/** The mapping that holds an address; `mappings` ascend, as the kernel lists them. */
export function findMapping(mappings: readonly Mapping[], address: number): Mapping | undefined {
  let low = 0;
  let high = mappings.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const mapping = mappings[middle]!;
    if (address < mapping.start) high = middle - 1;
    else if (address >= mapping.end) low = middle + 1;
    else return mapping;
  }
  return undefined;
}
