import { targetId } from '../exporters/json/target-json.ts';
import type { HistoryReading, HistorySource } from '../model/history.ts';
import type { Snapshot } from '../model/snapshot.ts';

const HOUR = 3600;
/** As many as a line of a hundred pixels shows. */
const POINTS = 60;

/** The last hour of every target as `[Unix time, bytes]` by its id: heap in use, or what is resident where that is unknown. */
export function trendsJson(snapshot: Snapshot, history: HistorySource | undefined): Record<string, [number, number][]> {
  const trends: Record<string, [number, number][]> = {};
  for (const { target } of snapshot.targets) {
    const readings = history?.history(target.process)?.readings ?? [];
    trends[targetId(target.process)] = evenly(readings.filter(isRecent(snapshot.takenAtSeconds))).map((reading) => [
      Math.round(reading.atSeconds),
      reading.heapUsedBytes ?? reading.residentBytes,
    ]);
  }
  return trends;
}

function isRecent(nowSeconds: number) {
  return ({ atSeconds }: HistoryReading) => atSeconds > nowSeconds - HOUR;
}

/** The last is always among them. */
function evenly(readings: readonly HistoryReading[]): HistoryReading[] {
  const step = Math.max(1, Math.ceil(readings.length / POINTS));
  return readings.filter((_, index) => (readings.length - 1 - index) % step === 0);
}
