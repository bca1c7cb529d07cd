import { readSync } from 'node:fs';
import type { Mapping } from '../../memory/mappings.ts';
import { withRegularFile } from '../../memory/regular-file.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';

/** The shared library that makes a process a JVM. */
export interface Libjvm {
  /** As the process sees it. */
  readonly path: string;
  /** Eclipse OpenJ9 brings a libjvm too, and keeps its heap in another way. */
  readonly isOpenJ9: boolean;
}

const libjvmName = /\/libjvm\.so(?: \(deleted\))?$/;
const openJ9Name = /\/libj9vm\d*\.so(?: \(deleted\))?$/;

/** Finds the JVM that a process has loaded to run it, be the program `java` or one that embeds a JVM. */
export function findLibjvm(mappings: readonly Mapping[]): Libjvm | undefined {
  const path = mappings.find((mapping) => mapping.executable && libjvmName.test(mapping.path))?.path;
  return path === undefined ? undefined : { path, isOpenJ9: mappings.some((mapping) => openJ9Name.test(mapping.path)) };
}

/** As `findLibjvm`, of a process that was a JVM. Throws `gone` when it has none any more, `unsupported` for OpenJ9's. */
export function requireHotspot({ pid }: ProcessRef, mappings: readonly Mapping[]): Libjvm {
  const libjvm = findLibjvm(mappings);
  if (libjvm === undefined) throw new ReadFailure('gone', `process ${pid} is no JVM (any more), or it has ended`);
  if (!libjvm.isOpenJ9) return libjvm;
  throw new ReadFailure('unsupported', 'Eclipse OpenJ9 is not supported; heapwatch reads HotSpot, as OpenJDK has it');
}

/** A release file is 1 to 2 KB, the version stands in its first lines. */
const releaseFileBytes = 4096;

/**
 * The version that the file `release` of the Java home tells, e.g. `17.0.15`; '' where there is none, as in a bare runtime
 * of Java 8. The home is three folders above libjvm, in Java 8 five.
 */
export function readReleaseFile(process: ProcessRef, libjvm: Libjvm): string {
  const folders = libjvm.path.split('/');
  for (const above of [3, 5, 4]) {
    const path = [...folders.slice(0, -above), 'release'].join('/');
    const text = withRegularFile(process, path, (file) => {
      const bytes = Buffer.alloc(releaseFileBytes);
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0));
    });
    const version = /^JAVA_VERSION="([\w.+-]{1,64})"$/m.exec(text ?? '')?.[1];
    if (version !== undefined) return version;
  }
  return '';
}
