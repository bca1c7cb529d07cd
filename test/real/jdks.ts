import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Java runtime on this machine. */
export interface Jdk {
  /** What starts it. */
  readonly java: string;
  /** As it says itself, e.g. `17.0.15` or `1.8.0_504`. */
  readonly version: string;
  /** 8, 11, 17... */
  readonly release: number;
  /** The names that the option -XX:+Use<name>GC takes. */
  readonly collectors: readonly Collector[];
}

export type Collector = 'Serial' | 'Parallel' | 'G1' | 'Z' | 'Shenandoah';

/** Where .ci/other-jdks puts what runs the Javas of another Debian suite. */
const wrappers = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'heapwatch-tools', 'jdks');

/** Every Java found: Debian's and other packages' folder, then wrappers; each release once. */
function findAll(): Jdk[] {
  const homes = ['/usr/lib/jvm', wrappers].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
  );
  const binaries = new Set(
    homes
      .map((home) => join(home, 'bin/java'))
      .filter((path) => existsSync(path))
      .map((path) => realpathSync(path)),
  );
  const releases = new Map<number, Jdk>();
  for (const java of binaries) {
    const version = versionOf(java);
    const release = version === undefined ? Number.NaN : releaseOf(version);
    if (version === undefined || releases.has(release)) continue;
    releases.set(release, { java, version, release, collectors: collectorsOf(release) });
  }
  return [...releases.values()].sort((a, b) => a.release - b.release);
}

/** A broken installation says nothing and is no JDK. */
function versionOf(java: string): string | undefined {
  const { stderr } = spawnSync(java, ['-version'], { timeout: 20_000, encoding: 'utf8' });
  return /^(?:openjdk|java) version "([^"]+)"/m.exec(stderr ?? '')?.[1];
}

/** `1.8.0_504` is 8. */
function releaseOf(version: string): number {
  const [first = 0, second = 0] = version.split(/[._-]/).map(Number);
  return first === 1 ? second : first;
}

/** ZGC came with 11, and Debian's and Temurin's builds have Shenandoah since then. */
function collectorsOf(release: number): readonly Collector[] {
  return release < 11 ? ['Serial', 'Parallel', 'G1'] : ['Serial', 'Parallel', 'G1', 'Z', 'Shenandoah'];
}

/** Those with long-term support, which have to be there in CI. */
export const supportedReleases = [8, 11, 17, 21, 25];

/** Every release found, ascending. */
export const jdks = findAll();
/** Any one, for tests where the release does not matter. */
export const anyJdk = jdks.find(({ release }) => release === 17) ?? jdks[0];
