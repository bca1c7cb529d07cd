import { startCensusTaker } from '../census/worker-census-taker.ts';
import { parseCommandLine } from '../config/command-line.ts';
import { listPids, readOwnPid } from '../linux/process-list.ts';
import { readProcessStat } from '../linux/process-stat.ts';
import { ReadFailure } from '../model/failure.ts';
import { looksLikeTarget } from '../monitor/discovery/process-look.ts';
import { runtimes } from '../runtimes/index.ts';
import { type Circumstances, readCircumstances } from './doctor/doctor-circumstances.ts';
import { type Examination, type ExaminationOptions, examine, isReadable } from './doctor/doctor-examination.ts';
import { type DoctorFindings, doctorJson, doctorText } from './doctor/doctor-report.ts';
import { doctorSettings } from './doctor/doctor-settings.ts';
import { findProcess } from './found-process.ts';
import { printable } from './printable-text.ts';
import { reportMistakes } from './wrong-usage.ts';

/** More are counted and named by nobody: what holds for a thousand processes holds for the rest. */
const mostExamined = 1000;
/** For all censuses together, so that the answer comes while somebody still waits for it. */
const censusBudgetMs = 30_000;
/** For one, so that a huge heap does not take the time of all the others. */
const censusDeadlineMs = 20_000;

/** `heapwatch doctor`: what can be read here and what to change. Answers the exit code: 0 when all can be read. */
export async function doctor(args: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(doctorSettings, args);
  if (!parsed.ok) return reportMistakes('doctor', parsed.mistakes);
  const { pid, procfsPath, json } = parsed.values;
  try {
    const circumstances = readCircumstances(procfsPath);
    const pids = pid === undefined ? recognisedPids(procfsPath) : [pid];
    const examinations = await examineAll(pids.slice(0, mostExamined), procfsPath, circumstances);
    const findings: DoctorFindings = {
      circumstances,
      // Of all, some end while we look, and nobody asked for them by name.
      examinations: examinations.filter((one) => pid !== undefined || one.failure === undefined),
      unexamined: Math.max(0, pids.length - mostExamined),
      named: pid !== undefined,
    };
    process.stdout.write(json ? doctorJson(findings) : doctorText(findings));
    return findings.unexamined === 0 && findings.examinations.every(isReadable) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    process.stderr.write(`heapwatch doctor: ${printable(error.message)}\n`);
    return 1;
  }
}

async function examineAll(
  pids: readonly number[],
  procfsPath: string,
  circumstances: Circumstances,
): Promise<Examination[]> {
  const taker = startCensusTaker();
  const until = Date.now() + censusBudgetMs;
  const takeCensus: ExaminationOptions['takeCensus'] = (process, runtime) => {
    const leftMs = until - Date.now();
    return leftMs > 0 ? taker.take(process, runtime, Math.min(leftMs, censusDeadlineMs)) : undefined;
  };
  try {
    const examinations: Examination[] = [];
    for (const pid of pids) examinations.push(await examine(pid, { procfsPath, circumstances, takeCensus }));
    return examinations;
  } finally {
    await taker.close();
  }
}

/** Of our runtimes, and those that look like it but do not let us see. Throws `unreadable` when there is no procfs. */
function recognisedPids(procfsPath: string): number[] {
  const ownPid = readOwnPid(procfsPath);
  return listPids(procfsPath).filter((pid) => pid !== ownPid && isRecognised(procfsPath, pid));
}

function isRecognised(procfsPath: string, pid: number): boolean {
  try {
    findProcess(procfsPath, pid);
    return true;
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    return error.kind === 'denied' && seemsOurs(procfsPath, pid);
  }
}

function seemsOurs(procfsPath: string, pid: number): boolean {
  try {
    const stat = readProcessStat(procfsPath, pid);
    const process = { pid, startTicks: stat.startTicks, procfsPath };
    return looksLikeTarget({ process, stat, startTimeSeconds: 0 }, runtimes);
  } catch (error) {
    if (error instanceof ReadFailure) return false; // ended meanwhile
    throw error;
  }
}
