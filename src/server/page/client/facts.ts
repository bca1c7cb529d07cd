import { showBytes, showCount, showSeconds } from '../quantity.ts';
import type { TargetDetail } from './api-types.ts';
import { el } from './element.ts';

/** The figures of the moment; what is not known is left out. */
export function facts(target: TargetDetail, nowSeconds: number): HTMLElement[] {
  const { vitals, live_floor, census, start_time_seconds } = target;
  const known: (readonly [name: string, value: string | undefined])[] = [
    ['Resident', bytes(vitals?.process.resident_bytes)],
    ['Heap in use', bytes(vitals?.heap?.used_bytes)],
    ['Live after collection', bytes(live_floor?.bytes)],
    ['Heap held', bytes(vitals?.heap?.committed_bytes)],
    ['Objects', count(census?.objects)],
    ['Threads', count(vitals?.process.threads)],
    ['Open files', count(vitals?.process.open_fds)],
    ['Running for', showSeconds(nowSeconds - start_time_seconds)],
  ];
  return known.flatMap(([name, value]) =>
    value === undefined ? [] : [el('div', {}, el('dt', {}, name), el('dd', {}, value))],
  );
}

function bytes(value: number | undefined): string | undefined {
  return value === undefined ? undefined : showBytes(value);
}

function count(value: number | undefined): string | undefined {
  return value === undefined ? undefined : showCount(value);
}
