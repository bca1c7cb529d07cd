import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Lines } from './lines.ts';
import { makeMemoryCgroup } from './memory-cgroup.ts';

/** Orders per second from a second on; with four numbers a load that swings: low, high, and its period in seconds. */
export type Rate = readonly [from: number, rate: number] | readonly [number, number, number, number];

/** A program of `test/fixtures/services` that answers requests. */
export interface Service {
  readonly name: string;
  /** What runs it, with its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Of a memory cgroup of its own. */
  readonly limitBytes?: number | undefined;
  readonly rates: readonly Rate[];
}

const folder = fileURLToPath(new URL('../fixtures/services/', import.meta.url));

export function pythonService(python: string, file: string, ...args: string[]): Service['command'] {
  return [python, `${folder}python/${file}.py`, ...args];
}

export function nodeService(node: string, flags: readonly string[], file: string, ...args: string[]) {
  return [node, ...flags, `${folder}nodejs/${file}.mjs`, ...args] as const;
}

/** `classes` is where `compileServices` has put them. */
export function javaService(classes: string, java: string, options: readonly string[], ...rest: string[]) {
  return [java, ...options, '-cp', classes, ...rest] as const;
}

/** The services in Java; the folder ends with the test. */
export function compileServices(java: string): string {
  const classes = mkdtempSync(join(tmpdir(), 'heapwatch-services-'));
  onTestFinished(() => rmSync(classes, { recursive: true, force: true }));
  const sources = readdirSync(`${folder}java`).map((name) => `${folder}java/${name}`);
  execFileSync(join(java, '../javac'), ['-d', classes, ...sources]);
  return classes;
}

/** Starts the services, and then in another process what asks them; all end with the test. */
export async function startServices(services: readonly Service[]): Promise<void> {
  const load = [];
  for (const service of services) load.push({ port: await startService(service), rates: service.rates });
  const clients = spawn(process.execPath, [`${folder}load.mjs`], { stdio: ['pipe', 'inherit', 'inherit'] });
  onTestFinished(() => void clients.kill('SIGKILL'));
  clients.stdin.write(`${JSON.stringify(load)}\n`);
}

/** Answers its port. */
async function startService({ name, command, limitBytes }: Service): Promise<number> {
  const [program, ...args] = command;
  const cgroup = limitBytes === undefined ? undefined : makeMemoryCgroup(limitBytes);
  // Waits for a word, so that whatever it takes is taken in its cgroup.
  const child = spawn('/bin/sh', ['-c', 'read word && exec "$@"', 'sh', program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OTEL_SERVICE_NAME: name, PYTHONDONTWRITEBYTECODE: '1', HEAPWATCH_TEST_PACE: '' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  onTestFinished(() => {
    child.kill('SIGKILL');
    return ended;
  });
  if (child.pid !== undefined) cgroup?.add(child.pid);
  child.stdin.write('go\n');
  const line = await new Lines(child.stdout).next((text) => text.startsWith('ready '), 60_000, `${name} to be ready`);
  return Number(line.slice('ready '.length));
}
