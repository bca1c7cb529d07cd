import { execFile, spawn } from 'node:child_process';
import { expect, onTestFinished } from 'vitest';
import type { Run } from './heapwatch.ts';
import { Lines } from './lines.ts';
import { readableCli } from './readable.ts';

/** Who runs a command; without one it is who runs the tests. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** What `heapwatch doctor --json` prints. */
export interface DoctorReport {
  readonly ok: boolean;
  readonly uid: number;
  readonly capabilities: Readonly<Record<string, string>>;
  readonly initial_user_namespace: boolean;
  readonly whole_machine: boolean;
  readonly processes: readonly {
    readonly pid: number;
    readonly inner_pid?: number;
    readonly name?: string;
    readonly version?: string;
    readonly ok: boolean;
    readonly failure?: { readonly kind: string; readonly message: string };
    readonly checks: Readonly<Record<string, { readonly state: string; readonly detail: string }>>;
    readonly hindrances: readonly { readonly reason: string; readonly advice: string }[];
  }[];
}

/** Runs `<before> heapwatch doctor <args>` as somebody to its end. */
export function doctor(args: readonly string[], identity?: Identity, before: readonly string[] = []): Promise<Run> {
  const [command = '', ...rest] = [...before, process.execPath, readableCli(), 'doctor', ...args];
  return new Promise((resolve) => {
    execFile(command, rest, { timeout: 60_000, ...identity }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, stdout, stderr }),
    );
  });
}

/** As `doctor` on one pid with --json; the exit code and `ok` must agree. */
export async function doctorReport(pid: number, identity?: Identity, before?: readonly string[]) {
  const run = await doctor([String(pid), '--json'], identity, before);
  expect(run.stderr).toBe('');
  const report: DoctorReport = JSON.parse(run.stdout);
  expect(run.code).toBe(report.ok ? 0 : 1);
  const [process] = report.processes;
  if (process === undefined || report.processes.length !== 1) throw new Error(`not one process: ${run.stdout}`);
  return { report, process };
}

/** The states of a process's checks by their names. */
export function states(process: DoctorReport['processes'][number]): Record<string, string> {
  return Object.fromEntries(Object.entries(process.checks).map(([name, { state }]) => [name, state]));
}

const says = 'import sys, time; sys.stdout.write("ready\\n"); sys.stdout.flush(); time.sleep(600)';

/** Starts a Python that runs a few lines as somebody; it ends with its test. Answers its pid. */
export async function startPython(interpreter: string, lines = 'pass', identity?: Identity): Promise<number> {
  const child = spawn(interpreter, ['-c', `${lines}\n${says}`], { stdio: ['ignore', 'pipe', 'inherit'], ...identity });
  const ended = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await new Lines(child.stdout).next((line) => line === 'ready', 20_000, 'the interpreter');
  return child.pid ?? Number.NaN;
}
