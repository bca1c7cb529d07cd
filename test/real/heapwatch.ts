import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Lines } from './lines.ts';

/** How a run of heapwatch ended. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A heapwatch that serves; it ends with the test that started it. */
export interface Server {
  /** E.g. `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly pid: number;
  readonly lines: Lines;
  /** What it has written to stderr. */
  logged(): string;
  /** Sends SIGTERM and answers the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The built command line, as users run it; `through` is a program that starts what it is given, e.g. in a container. */
function start(args: string[], env: Record<string, string> = {}, through?: string) {
  if (!existsSync(cli)) throw new Error('dist/cli.js is not there: run `npm run build` first');
  const [program = '', ...rest] = [...(through ? [through] : []), process.execPath, cli, ...args];
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  return { child, ended };
}

/** Runs `heapwatch <args>` to its end. Throws when it has not ended by the deadline. */
export async function heapwatch(args: string[], deadlineMs = 60_000): Promise<Run> {
  const { child, ended } = start(args);
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (text.stderr += chunk));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, deadlineMs);
  const code = await ended;
  clearTimeout(timer);
  if (late)
    throw new Error(`heapwatch ${args.join(' ')} did not end in ${deadlineMs} ms\n${text.stdout}${text.stderr}`);
  return { code, ...text };
}

/** Starts `heapwatch serve` on a free port and waits until it prints its address. */
export async function startServer(
  args: string[] = [],
  env: Record<string, string> = {},
  through?: string,
): Promise<Server> {
  const { child, ended } = start(['serve', '--web.listen-address=127.0.0.1:0', ...args], env, through);
  child.stderr.pipe(process.stderr);
  let logged = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => (logged += chunk));
  const lines = new Lines(child.stdout);
  const line = await lines.next((text) => /https?:\/\//.test(text), 60_000, 'the address');
  const url = /https?:\/\/[\d.]+:\d+/.exec(line)?.[0];
  if (!url) throw new Error(`no address in: ${line}`);
  return {
    url,
    pid: child.pid ?? Number.NaN,
    lines,
    logged: () => logged,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}
