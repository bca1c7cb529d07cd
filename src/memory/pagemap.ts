// /proc/<pid>/pagemap: one 64-bit entry a page, Documentation/admin-guide/mm/pagemap.rst of Linux (4.2 and later).

export const pageSize = 4096;
export const pagemapEntryBytes = 8;

const presentBit = 1 << 31; // bit 63 of the entry, seen in its upper half
const swappedBit = 1 << 30; // bit 62
const guardBit = 1 << 26; // bit 58: a guard region (Linux 6.15 and later, below the stacks of glibc 2.42's threads)

/** `entries` holds pagemap entries as pairs of 32-bit words, little-endian. A page that is not present is not read. */
export function isPresent(entries: Int32Array, index: number): boolean {
  return (entries[2 * index + 1]! & presentBit) !== 0;
}

/** True for a page whose content is in swap: it belongs to the target's heap and we do not see it. */
export function isSwapped(entries: Int32Array, index: number): boolean {
  const upper = entries[2 * index + 1]!;
  // The kernel keeps a guard region's mark where swap entries are, so both bits are set.
  return (upper & (presentBit | swappedBit | guardBit)) === swappedBit;
}
