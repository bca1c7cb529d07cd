import { closeSync, openSync } from 'node:fs';
import { openProcessCgroup } from '../../linux/cgroup.ts';
import { readProcessVitals } from '../../linux/process-vitals.ts';
import { readFileStart } from '../../linux/small-file.ts';
import { pageSize } from '../../memory/pagemap.ts';
import { ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import type { Census } from '../../model/census.ts';
import { type FailureKind, ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';
import { failureOf } from '../../monitor/failure-report.ts';
import type { Runtime } from '../../runtimes/runtime.ts';

/** One thing of a process that was really tried. */
export interface Check {
  readonly name: 'rss' | 'cgroup' | 'maps' | 'memory' | 'environ' | 'map_files' | 'heap' | 'census';
  /** `absent`: there is nothing to read, or we can do without. `untried`: there was no time for it. */
  readonly state: 'ok' | 'absent' | 'untried' | FailureKind;
  /** What was found, or why not, in words. */
  readonly detail: string;
}

/** Mappings that are tried until one has a page in memory: of a living process nearly every one has. */
const triedMappings = 256;

/** What procfs tells of a process of any kind. */
export function checkProcess(process: ProcessRef): Check[] {
  const folder = `${process.procfsPath}/${process.pid}`;
  return [
    attempt('rss', () => `${mebibytes(readProcessVitals(process).residentBytes)} resident`),
    checkCgroup(process),
    attempt('maps', () => `${readMappings(process).length} mappings`),
    attempt('memory', () => readOnePage(process)),
    attempt('environ', () => {
      readFileStart(`${folder}/environ`, 1);
      return 'readable';
    }),
    checkMapFiles(process, folder),
  ];
}

/** The heap's own figures, as the exporter reads them every few seconds. */
export function checkHeap(process: ProcessRef, runtime: Runtime): Check {
  return attempt('heap', () => {
    const session = runtime.open(process);
    try {
      const { usedBytes } = session.vitals();
      return usedBytes === undefined ? 'collections only, no sizes' : `${mebibytes(usedBytes)} in use`;
    } finally {
      session.close();
    }
  });
}

/** A census as the exporter takes it; `take` answers undefined when there is no time left for one. */
export async function checkCensus(take: () => Promise<Census> | undefined): Promise<Check> {
  try {
    const census = await take();
    if (census === undefined) {
      return { name: 'census', state: 'untried', detail: 'not tried, as others took long: name the pid' };
    }
    const { objects, types, durationSeconds } = census;
    const detail = `${objects} objects of ${types.length} types in ${(durationSeconds * 1000).toFixed(0)} ms`;
    return { name: 'census', state: 'ok', detail };
  } catch (error) {
    return failed('census', error);
  }
}

function checkCgroup(process: ProcessRef): Check {
  const cgroup = openProcessCgroup(process).read();
  if (cgroup === undefined) {
    const detail = 'no memory cgroup of its own that is visible from here: no limit and no working set';
    return { name: 'cgroup', state: 'absent', detail };
  }
  const limit = cgroup.limitBytes === undefined ? 'no limit' : `limit ${mebibytes(cgroup.limitBytes)}`;
  return { name: 'cgroup', state: 'ok', detail: `${mebibytes(cgroup.workingSetBytes)} working set, ${limit}` };
}

/** Opens mem and pagemap, and reads the first page that is there. */
function readOnePage(process: ProcessRef): string {
  const memory = new ProcessMemory(process);
  try {
    const page = Buffer.alloc(pageSize);
    const mappings = readMappings(process).filter((mapping) => mapping.readable && !mapping.path.startsWith('[v'));
    const seen = mappings.slice(0, triedMappings).some(({ start }) => memory.read(start, page, 0, pageSize) > 0);
    if (seen) return 'a page was read';
    throw new ReadFailure('unreadable', 'no page of it could be read: is all of it in swap, or has it just ended?');
  } finally {
    memory.close();
  }
}

/** Only a program whose file was deleted or replaced by an upgrade needs it, so that it is no fault without. */
function checkMapFiles(process: ProcessRef, folder: string): Check {
  try {
    const file = readMappings(process).find(({ path }) => path.startsWith('/'));
    if (file === undefined) return { name: 'map_files', state: 'absent', detail: 'no file is mapped' };
    closeSync(openSync(`${folder}/map_files/${file.start.toString(16)}-${file.end.toString(16)}`, 'r'));
    return { name: 'map_files', state: 'ok', detail: 'readable' };
  } catch {
    const detail =
      'takes SYS_ADMIN or CHECKPOINT_RESTORE; missed only for a program whose file was deleted or replaced';
    return { name: 'map_files', state: 'absent', detail };
  }
}

function attempt(name: Check['name'], look: () => string): Check {
  try {
    return { name, state: 'ok', detail: look() };
  } catch (error) {
    return failed(name, error);
  }
}

function failed(name: Check['name'], error: unknown): Check {
  const { kind, message } = failureOf(error);
  return { name, state: kind, detail: message };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
