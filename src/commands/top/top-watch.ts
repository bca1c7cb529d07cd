import { setTimeout as pause } from 'node:timers/promises';
import { optInsOf } from '../../config/opt-in-settings.ts';
import type { Census } from '../../model/census.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { FoundProcess } from '../found-process.ts';
import { printable } from '../printable-text.ts';
import { compareCensuses } from './growth.ts';
import { createTerminalScreen } from './terminal-screen.ts';
import { checkSame, readCollector, takeCensus } from './top-reading.ts';
import { type TopFindings, topJson, topTable } from './top-report.ts';
import type { TopSettings } from './top-settings.ts';

/** Of a core: what we take while somebody looks. */
const MOST_SHARE = 0.1;

/** Of the censuses to compare with, one is kept in so large a part of the time that is compared. */
const BASELINES = 20;

/**
 * `heapwatch top --watch`: a report again and again, until a signal asks it to stop; on a terminal each takes the place
 * of the one before. Throws `ReadFailure` when the process has ended or cannot be read.
 */
export async function watchTop(found: FoundProcess, settings: TopSettings): Promise<void> {
  const stop = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
  const abort = () => stop.abort();
  for (const signal of signals) process.once(signal, abort);
  const show = settings.json || !process.stdout.isTTY ? printReports(settings) : undefined;
  const screen = show ? undefined : createTerminalScreen(process.stdout);
  try {
    await lookRepeatedly(found, settings, stop.signal, (findings, trouble) => {
      if (show) show(findings);
      else screen?.show((rows) => fitted(findings, { rows, limit: settings.limit, trouble }));
    });
  } finally {
    screen?.close();
    for (const signal of signals) process.off(signal, abort);
  }
}

/** `trouble` is why `findings` are those of the time before. */
type Show = (findings: TopFindings, trouble?: string) => void;

async function lookRepeatedly(found: FoundProcess, settings: TopSettings, stop: AbortSignal, show: Show) {
  const baselines = createBaselines(settings.growthSeconds);
  let last: TopFindings | undefined;
  while (!stop.aborted) {
    const beganAt = performance.now();
    try {
      checkSame(found);
      last = await look(found, settings, baselines);
      show(last);
    } catch (error) {
      // It was in the middle of something: the next look may find it at rest.
      if (!(error instanceof ReadFailure && error.kind === 'busy' && last !== undefined)) throw error;
      show(last, error.message);
    }
    const tookSeconds = (performance.now() - beganAt) / 1000;
    const waitSeconds = Math.max(settings.intervalSeconds - tookSeconds, tookSeconds / MOST_SHARE);
    await pause(waitSeconds * 1000, undefined, { signal: stop }).catch(() => undefined);
  }
}

async function look(found: FoundProcess, settings: TopSettings, baselines: Baselines): Promise<TopFindings> {
  const census = await takeCensus(found, optInsOf(settings));
  const collector = readCollector(found);
  const findings = { pid: settings.pid, detection: found.detection, census, ...(collector && { collector }) };
  const before = baselines.next(census);
  if (before === undefined) return findings;
  const growthSeconds = Math.round(census.takenAtSeconds - before.takenAtSeconds);
  return { ...findings, growth: compareCensuses(before, census), growthSeconds };
}

interface Baselines {
  /** The census that a new one is compared with; undefined for the first, and when nothing is to be compared. */
  next(census: Census): Census | undefined;
}

/** Answers the newest census that is as old as that, or else the oldest that there is. */
function createBaselines(growthSeconds: number | undefined): Baselines {
  const kept: Census[] = [];
  return {
    next(census) {
      if (growthSeconds === undefined) return undefined;
      const isOld = ({ takenAtSeconds }: Census) => census.takenAtSeconds - takenAtSeconds >= growthSeconds;
      while (kept[1] !== undefined && isOld(kept[1])) kept.shift();
      const newest = kept.at(-1);
      if (!newest || census.takenAtSeconds - newest.takenAtSeconds >= growthSeconds / BASELINES) kept.push(census);
      return kept[0] === census ? undefined : kept[0];
    },
  };
}

/** Without a terminal: one after the other, for scripts and files. */
function printReports({ json, limit }: TopSettings): Show {
  let isFirst = true;
  return (findings, trouble) => {
    if (trouble !== undefined) {
      process.stderr.write(`heapwatch top: ${printable(trouble)}\n`);
      return;
    }
    process.stdout.write(json ? topJson(findings, limit) : `${isFirst ? '' : '\n'}${topTable(findings, limit)}`);
    isFirst = false;
  };
}

interface Fit {
  readonly rows: number;
  readonly limit: number;
  readonly trouble: string | undefined;
}

/** As many types as there is room for. */
function fitted(findings: TopFindings, { rows, limit, trouble }: Fit): string[] {
  const note = trouble === undefined ? [] : [`As of the last census: ${printable(trouble)}`];
  const linesOf = (count: number) => [...topTable(findings, count).trimEnd().split('\n'), ...note];
  let count = Math.min(limit, (findings.growth ?? findings.census.types).length);
  let lines = linesOf(count);
  // What is left out takes a line of its own, so the second try may be one too long.
  while (lines.length > rows && count > 1) {
    count = Math.max(1, count - (lines.length - rows));
    lines = linesOf(count);
  }
  return lines.slice(0, rows);
}
