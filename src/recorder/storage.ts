import { join } from 'node:path';
import { ReadFailure } from '../model/failure.ts';
import type { TargetHistory } from '../model/history.ts';
import type { ServiceDeaths } from '../model/snapshot.ts';
import { formatHistory, parseHistory } from './history-line.ts';
import { formatLife, parseLife, type SavedLife } from './saved-life.ts';
import { openStateFile, type StateFile } from './state-file.ts';

/** Deaths of a service, and when it was last seen, Unix time. */
export interface SavedDeaths extends ServiceDeaths {
  readonly seenAtSeconds: number;
}

/** A history of an earlier run, not taken apart before it is asked for. */
export interface SavedHistory {
  readonly key: string;
  /** Throws `ReadFailure`. */
  parse(): TargetHistory;
  readonly line: string;
}

/** What a verdict of an earlier run rests on; what it is made of is not ours to know. */
export interface SavedVerdict {
  readonly key: string;
  readonly line: string;
  /** As it was given to `verdictLine`. Throws `ReadFailure`. */
  parse(): unknown;
}

/** Our state in a folder. Everything throws `ReadFailure` in words. */
export interface Storage {
  /** Only those of this boot: pids and start times mean nothing after it. */
  loadHistories(): SavedHistory[];
  /** Answers the size in bytes. */
  saveHistories(lines: Iterable<string>): Promise<number>;
  /** As histories. */
  loadVerdicts(): SavedVerdict[];
  saveVerdicts(lines: Iterable<string>): Promise<number>;
  /** As histories, and of the same pid namespace only. */
  loadLives(): SavedLife[];
  saveLives(lives: readonly SavedLife[]): Promise<void>;
  loadDeaths(): SavedDeaths[];
  saveDeaths(deaths: readonly SavedDeaths[]): Promise<void>;
}

/**
 * `bootId` tells a boot of the machine from every other; `initTicks`, the start time of process 1, a pid namespace: in
 * another one a process that is not found need not have ended.
 */
export function openStorage(folder: string, bootId: string, initTicks = 0): Storage {
  const linesOfBoot = (file: StateFile): string[] => {
    const saved = file.read();
    return saved?.header.bootId === bootId ? saved.lines : [];
  };
  const histories = openStateFile(join(folder, 'history.jsonl'), 'history');
  const verdicts = openStateFile(join(folder, 'verdicts.jsonl'), 'verdicts');
  const lives = openStateFile(join(folder, 'targets.jsonl'), 'targets');
  const deaths = openStateFile(join(folder, 'deaths.jsonl'), 'deaths');
  return {
    loadHistories: () => linesOfBoot(histories).map((line) => keyed(line, parseHistory)),
    saveHistories: (lines) => histories.write({ bootId }, lines),
    loadVerdicts: () => linesOfBoot(verdicts).map((line) => keyed(line, parseVerdict)),
    saveVerdicts: (lines) => verdicts.write({ bootId }, lines),
    loadLives() {
      const saved = lives.read();
      if (saved?.header.bootId !== bootId || saved.header.initTicks !== initTicks) return [];
      return saved.lines.map(parseLife);
    },
    async saveLives(all) {
      await lives.write({ bootId, initTicks }, all.map(formatLife));
    },
    loadDeaths() {
      const saved = deaths.read()?.lines.map(parseDeaths) ?? [];
      if (saved.every((service) => service !== undefined)) return saved;
      throw deaths.reject('has a line that is not as heapwatch writes it');
    },
    async saveDeaths(services) {
      await deaths.write(
        {},
        services.map((service) => JSON.stringify(service)),
      );
    },
  };
}

/** `key` and a tab come first, so that a line is found without taking all of them apart. */
export function historyLine(key: string, history: TargetHistory): string {
  return `${keyText(key)}\t${formatHistory(history)}`;
}

/** `state` is plain JSON. */
export function verdictLine(key: string, state: unknown): string {
  return `${keyText(key)}\t${JSON.stringify(state)}`;
}

function keyText(key: string): string {
  return key.replaceAll(/[\t\n]/g, ' ');
}

function keyed<Content>(line: string, parse: (content: string) => Content) {
  const tab = line.indexOf('\t');
  return { key: line.slice(0, tab), line, parse: () => parse(line.slice(tab + 1)) };
}

function parseVerdict(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    const message = `what a verdict rests on is not as heapwatch writes it: ${(cause as Error).message}`;
    throw new ReadFailure('unreadable', message, { cause });
  }
}

/** Undefined when it is not as we write it. */
function parseDeaths(line: string): SavedDeaths | undefined {
  const { serviceName, runtime, oomKills, incidents, outOfMemoryErrors, seenAtSeconds } = parseRecord(line);
  const isText = (value: unknown) => typeof value === 'string';
  if (isText(serviceName) && isText(runtime) && isCount(oomKills) && isCount(seenAtSeconds)) {
    const known = { serviceName, runtime, oomKills, seenAtSeconds } as SavedDeaths;
    const endings = parseCounts(incidents);
    const errors = parseCounts(outOfMemoryErrors);
    return { ...known, ...(endings && { incidents: endings }), ...(errors && { outOfMemoryErrors: errors }) };
  }
  return undefined;
}

/** What is no count is left out; undefined when none is left. */
function parseCounts(value: unknown): Record<string, number> | undefined {
  const counts = Object.entries(Object(value)).filter(([, count]) => isCount(count));
  return counts.length === 0 ? undefined : (Object.fromEntries(counts) as Record<string, number>);
}

function isCount(value: unknown): boolean {
  return Number.isFinite(value) && Number(value) >= 0;
}

function parseRecord(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {}; // what is no JSON has no service either
  }
}
