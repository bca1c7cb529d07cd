// The file hsperfdata_<user>/<pid> in the /tmp of the JVM, which it maps: PerfMemory::create_memory_region of
// src/hotspot/os/posix/perfMemory_posix.cpp, OpenJDK 8 to 27.

import { closeSync, fstatSync } from 'node:fs';
import { readProcessStatus } from '../../../linux/process-status.ts';
import type { Mapping } from '../../../memory/mappings.ts';
import { openRegularFile, openRegularLink } from '../../../memory/regular-file.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { mostPerfDataBytes } from './perf-data.ts';

const fileName = /\/hsperfdata_[^/]+\/\d+( \(deleted\))?$/;

/** The mapping of the performance data: what the process itself has mapped cannot be another JVM's or a dead one's. */
export function findPerfDataMapping(mappings: readonly Mapping[]): Mapping | undefined {
  return mappings.find((mapping) => mapping.shared && mapping.readable && fileName.test(mapping.path));
}

/**
 * Opens the very file that is mapped; undefined when it cannot be opened or is another one. It outlives the process after
 * a kill: an open file still tells the last values then. Whoever calls it closes it.
 */
export function openPerfDataFile(process: ProcessRef, mapping: Mapping): number | undefined {
  const range = `${mapping.start.toString(16)}-${mapping.end.toString(16)}`;
  // The first also when it is deleted, but it asks for CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE.
  const file =
    openRegularLink(`${process.procfsPath}/${process.pid}/map_files/${range}`) ??
    openRegularFile(process, mapping.path);
  if (file === undefined) return undefined;
  const stat = fstatSync(file);
  const owner = readProcessStatus(process.procfsPath, process.pid).uid;
  const isRight = stat.ino === mapping.inode && stat.uid === owner && stat.size <= mostPerfDataBytes;
  if (isRight) return file;
  closeSync(file);
  return undefined;
}
