// The text of the diagnostic command GC.class_histogram: KlassInfoHisto::print_histo_on of
// src/hotspot/share/memory/heapInspection.cpp, JDK 8 to 27. ` num  #instances  #bytes  class name (module)`.

import type { TypeCount } from '../../../model/census.ts';
import { ReadFailure } from '../../../model/failure.ts';
import { byCount } from '../../type-order.ts';
import { javaName } from '../census/class-names.ts';

const row = /^ *\d{1,9}: +(\d{1,15}) +(\d{1,15}) {2}(.{1,65535}?)(?: \(\S+\))?$/;
const totalRow = /^Total +(\d{1,15}) +(\d{1,15})$/m;
/** JDK 8 adds the hash of a hidden class: `Shop$$Lambda$1/1078694789`. */
const hiddenHash = /\/\d{1,10}(?=;?$)/;
/** What fills gaps, from JDK 19 on. */
const fillers = new Set(['jdk.internal.vm.FillerObject', 'jdk.internal.vm.FillerElement[]']);

/** Reads the rows, descending by count. Throws `unreadable` when they are not all that was counted. */
export function parseClassHistogram(text: string): TypeCount[] {
  const types = new Map<string, TypeCount>();
  const all = { count: 0, bytes: 0 };
  for (const line of text.split('\n')) {
    const match = row.exec(line);
    if (match === null) continue;
    const [count, bytes, type] = [Number(match[1]), Number(match[2]), javaName(match[3]!.replace(hiddenHash, ''))];
    all.count += count;
    all.bytes += bytes;
    const known = types.get(type);
    types.set(type, { type, count: count + (known?.count ?? 0), bytes: bytes + (known?.bytes ?? 0) });
  }
  const total = totalRow.exec(text);
  if (total === null || Number(total[1]) !== all.count || Number(total[2]) !== all.bytes) {
    throw new ReadFailure('unreadable', 'the class histogram of the JVM is not whole: its rows are not its total');
  }
  for (const filler of fillers) types.delete(filler);
  return [...types.values()].sort(byCount);
}
