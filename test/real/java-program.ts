import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collector, type Jdk, jdks } from './jdks.ts';
import { type Program, startCommand } from './program.ts';
import { programsFolder } from './readable.ts';

let classes: string | undefined;

/** Starts the fixture program `<name>.java` with options of the JVM; see `startProgram`. */
export function startJava(jdk: Jdk, options: readonly string[], name: string, ...args: string[]): Promise<Program> {
  return startJavaWith({}, jdk, options, name, ...args);
}

/** As `startJava`, with more in its environment. */
export function startJavaWith(
  env: Record<string, string>,
  jdk: Jdk,
  options: readonly string[],
  name: string,
  ...args: string[]
): Promise<Program> {
  const [java = '', ...rest] = javaCommand(jdk, options, name, ...args);
  return startCommand(env, java, rest);
}

/** The command that starts it, for a test that runs it through another one. */
export function javaCommand(jdk: Jdk, options: readonly string[], name: string, ...args: string[]): string[] {
  classes ??= compile();
  return [jdk.java, ...options, '-cp', classes, name, ...args];
}

/** By whichever compiler there is, for Java 8, which has none that starts sources; below /tmp, which every JDK here sees. */
function compile(): string {
  const compilers = jdks.map(({ java }) => join(java, '../javac'));
  const folder = mkdtempSync(join(tmpdir(), 'heapwatch-classes-'));
  chmodSync(folder, 0o755); // also for programs of another user
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const sources = readdirSync(programsFolder).filter((name) => name.endsWith('.java'));
  const javac = compilers.find((path) => existsSync(path)) ?? 'javac';
  execFileSync(javac, [
    '--release',
    '8',
    '-Xlint:-options',
    '-d',
    folder,
    ...sources.map((name) => programsFolder + name),
  ]);
  return folder;
}

/** The options that choose a collector. */
export function collectorOptions(collector: Collector): string[] {
  return ['-XX:+UnlockExperimentalVMOptions', `-XX:+Use${collector}GC`];
}
