import { setTimeout as pause } from 'node:timers/promises';
import { parseCommandLine } from '../config/command-line.ts';
import { optInsOf } from '../config/opt-in-settings.ts';
import { ReadFailure } from '../model/failure.ts';
import { findProcess } from './found-process.ts';
import { printable } from './printable-text.ts';
import { compareCensuses } from './top/growth.ts';
import { checkSame, readCollector, takeCensus } from './top/top-reading.ts';
import { type TopFindings, topJson, topTable } from './top/top-report.ts';
import { type TopSettings, topSettings } from './top/top-settings.ts';
import { watchTop } from './top/top-watch.ts';
import { reportMistakes } from './wrong-usage.ts';

const procfsPath = '/proc';

/** `heapwatch top`: what one process holds, on stdout. Answers the exit code; failures are told on stderr. */
export async function top(args: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(topSettings, args);
  if (!parsed.ok) return reportMistakes('top', parsed.mistakes);
  const { pid, limit, json, watch } = parsed.values;
  try {
    if (watch) {
      await watchTop(findProcess(procfsPath, pid), parsed.values);
      return 0;
    }
    const findings = await look(parsed.values);
    process.stdout.write(json ? topJson(findings, limit) : topTable(findings, limit));
    return 0;
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    process.stderr.write(`heapwatch top: ${printable(error.message)}\n`);
    return 1;
  }
}

async function look({ pid, growthSeconds, ...settings }: TopSettings): Promise<TopFindings> {
  const optIns = optInsOf(settings);
  const found = findProcess(procfsPath, pid);
  const first = await takeCensus(found, optIns);
  const { detection } = found;
  const heap = readCollector(found);
  const collector = heap && { collector: heap };
  if (growthSeconds === undefined) return { pid, detection, census: first, ...collector };
  await pause(growthSeconds * 1000);
  checkSame(found);
  const second = await takeCensus(found, optIns);
  return { pid, detection, census: second, growth: compareCensuses(first, second), growthSeconds, ...collector };
}
