import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { Lines } from './lines.ts';
import { programsFolder } from './readable.ts';

/** A fixture program that has said `ready`; it ends with the test that started it. */
export interface Program {
  readonly pid: number;
  /** Sends a one-line command and answers the one JSON line that comes back. */
  ask<Answer>(command: string, deadlineMs?: number): Promise<Answer>;
  send(command: string): void;
  /** SIGKILL, and waits until it has been reaped. */
  end(): Promise<void>;
}

/** Starts `test/fixtures/programs/<name>` with the interpreter and waits for its ready line. */
export function startProgram(interpreter: string, name: string, ...args: string[]): Promise<Program> {
  return startProgramWith({}, interpreter, name, ...args);
}

/** As `startProgram`, with more in its environment. */
export function startProgramWith(
  env: Record<string, string>,
  interpreter: string,
  name: string,
  ...args: string[]
): Promise<Program> {
  return startCommand(env, interpreter, [programsFolder + name, ...args]);
}

/** As `startProgram`, whatever it is that says `ready`. */
export async function startCommand(env: Record<string, string>, command: string, args: string[]): Promise<Program> {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8', ...env },
  });
  const program = converse(child);
  onTestFinished(program.end);
  await program.lines.next((line) => line.startsWith('ready '), 60_000, `${[command, ...args].join(' ')} to be ready`);
  return program;
}

function converse(child: ChildProcessByStdio<Writable, Readable, null>): Program & { lines: Lines } {
  const lines = new Lines(child.stdout);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin.on('error', () => undefined); // EPIPE when the program has ended: ask() then fails with the reason
  const send = (command: string) => void child.stdin.write(`${command}\n`);
  return {
    lines,
    pid: child.pid ?? Number.NaN,
    send,
    ask: async (command, deadlineMs = 60_000) => {
      send(command);
      return JSON.parse(await lines.next(() => true, deadlineMs, `an answer to ${command}`));
    },
    end: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      return ended;
    },
  };
}
