import type { HistoryCensus, TargetHistory } from '../model/history.ts';
import type { EndingFinding, EvidenceFile, Incident, IncidentSummary, TypeGrowth } from '../model/incident.ts';
import type { TargetSnapshot } from '../model/snapshot.ts';
import type { Vitals } from '../model/vitals.ts';
import { adviseOn } from './incident-advice.ts';
import type { LogErrors } from './log-sieve.ts';

/** Enough for a chart and for a person; a whole day of 1000 types would be tens of MB. */
const MOST_READINGS = 400;
const MOST_CENSUSES = 40;
const MOST_TYPES = 30;
/** Of the resident memory, by one type. */
const LARGE_GROWTH = 0.05;

/** Puts together what is kept of a target that has ended. `history` is all that was remembered of it. */
export function makeIncident(
  snapshot: TargetSnapshot,
  history: TargetHistory,
  finding: EndingFinding,
  endedAtSeconds: number,
  log?: LogErrors,
  evidence?: EvidenceFile,
): Incident {
  const { target, assessment, vitals } = snapshot;
  const { process, ...identity } = target;
  const last = history.censuses.at(-1);
  const typeGrowth = growthOf(history.censuses).slice(0, MOST_TYPES);
  const grown = new Set(typeGrowth.map(({ type }) => type));
  const suspects = new Set(assessment?.suspects.map(({ type }) => type));
  return {
    id: incidentId(endedAtSeconds, process.pid),
    endedAtSeconds,
    ...finding,
    target: { ...identity, pid: process.pid },
    ...(assessment && { assessment }),
    ...(vitals && { vitals }),
    types: last?.types.toSorted((a, b) => b.bytes - a.bytes) ?? [],
    ...(last && { censusTakenAtSeconds: last.atSeconds }),
    typeGrowth,
    history: {
      readings: thinned(history.readings, MOST_READINGS),
      censuses: thinned(history.censuses, MOST_CENSUSES).map(({ atSeconds, types }) => ({
        atSeconds,
        types: types.filter(({ type }) => grown.has(type) || suspects.has(type)),
      })),
    },
    ...(log && { log: { lines: log.lines.length, memoryErrors: log.memoryErrors } }),
    ...(evidence && { evidence }),
    advice: adviseOn(finding, assessment, target.runtime, largeGrowth(typeGrowth, vitals)),
  };
}

export function summarize(incident: Incident): IncidentSummary {
  const { id, endedAtSeconds, ending, target, assessment } = incident;
  return {
    id,
    endedAtSeconds,
    ending,
    serviceName: target.serviceName,
    runtime: target.runtime,
    pid: target.pid,
    ...(assessment && { verdict: assessment.verdict }),
    ...(assessment?.cause && { cause: assessment.cause }),
    suspects: assessment?.suspects.map(({ type }) => type) ?? [],
  };
}

/** `20261122T213045Z-4711`. */
function incidentId(atSeconds: number, pid: number): string {
  const time = new Date(Math.max(0, atSeconds) * 1000).toISOString();
  return `${time.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${pid}`;
}

/** At most three, of a size that may have to do with the end. */
function largeGrowth(growth: readonly TypeGrowth[], vitals: Vitals | undefined): readonly TypeGrowth[] {
  const least = LARGE_GROWTH * (vitals?.process.residentBytes ?? Number.POSITIVE_INFINITY);
  return growth.filter(({ firstBytes, lastBytes }) => lastBytes - firstBytes >= least).slice(0, 3);
}

/** Types that gained bytes from the first census to the last, most gained first. */
function growthOf(censuses: readonly HistoryCensus[]): TypeGrowth[] {
  const first = new Map(censuses[0]?.types.map((row) => [row.type, row]));
  const last = censuses.at(-1);
  if (last === undefined || censuses.length < 2) return [];
  return last.types
    .map(({ type, count, bytes }) => ({
      type,
      firstCount: first.get(type)?.count ?? 0,
      lastCount: count,
      firstBytes: first.get(type)?.bytes ?? 0,
      lastBytes: bytes,
    }))
    .filter(({ firstBytes, lastBytes }) => lastBytes > firstBytes)
    .sort((a, b) => b.lastBytes - b.firstBytes - (a.lastBytes - a.firstBytes));
}

/** The last half of the room is for the newest items; of those before, every so-manieth is kept, and the first. */
function thinned<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  const newest = items.slice(-Math.floor(most / 2));
  const older = items.slice(0, items.length - newest.length);
  const step = older.length / (most - newest.length);
  return [...Array.from({ length: most - newest.length }, (_, index) => older[Math.floor(index * step)]!), ...newest];
}
