import { setTimeout as pause } from 'node:timers/promises';
import { parseCommandLine } from '../config/command-line.ts';
import { optInsOf } from '../config/opt-in-settings.ts';
import { readLivingProcessStat } from '../linux/process-stat.ts';
import type { Census } from '../model/census.ts';
import { ReadFailure } from '../model/failure.ts';
import type { OptIns } from '../model/opt-ins.ts';
import type { HeapVitals } from '../model/vitals.ts';
import type { Session } from '../runtimes/runtime.ts';
import { takeCensus as takeAnyCensus } from '../runtimes/take-census.ts';
import { type FoundProcess, findProcess } from './found-process.ts';
import { compareCensuses } from './growth.ts';
import { printable } from './printable-text.ts';
import { type TopFindings, topJson, topTable } from './top-report.ts';
import { type TopSettings, topSettings } from './top-settings.ts';
import { reportMistakes } from './wrong-usage.ts';

const procfsPath = '/proc';

/** `heapwatch top`: one census of one process on stdout. Answers the exit code; failures are told on stderr. */
export async function top(args: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(topSettings, args);
  if (!parsed.ok) return reportMistakes('top', parsed.mistakes);
  const { limit, json } = parsed.values;
  try {
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

/** In this thread: nothing else waits for it. Throws `ReadFailure`. */
async function takeCensus(found: FoundProcess, optIns: OptIns): Promise<Census> {
  try {
    const abort = new Int32Array(new SharedArrayBuffer(4));
    return await takeAnyCensus(found.runtime, found.process, abort, optIns);
  } catch (error) {
    // A process that ends while it is read looks like one that contradicts itself.
    if (error instanceof ReadFailure) checkSame(found);
    throw error;
  }
}

/** Vitals come after the census, so that what it needs is known to be there. Throws `ReadFailure`. */
function readCollector({ runtime, process }: FoundProcess): HeapVitals | undefined {
  let session: Session | undefined;
  try {
    session = runtime.open(process);
    return session.vitals();
  } catch (error) {
    if (error instanceof ReadFailure && error.kind === 'unsupported') return undefined; // it was asked for the census
    throw error;
  } finally {
    session?.close();
  }
}

/** Throws `gone` when the process has ended since it was found, or runs another program. */
function checkSame({ process, image }: FoundProcess): void {
  if (readLivingProcessStat(process).image !== image) {
    throw new ReadFailure('gone', `process ${process.pid} became another program in the meantime (exec)`);
  }
}
