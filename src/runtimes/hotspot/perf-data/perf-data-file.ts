// The file hsperfdata_<user>/<pid> in the /tmp of the JVM, which it maps: PerfMemory::create_memory_region of
// src/hotspot/os/posix/perfMemory_posix.cpp, OpenJDK 8 to 27.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { readProcessStatus } from '../../../linux/process-status.ts';
import type { Mapping } from '../../../memory/mappings.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { openRegularFile } from '../regular-file.ts';
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
  const file = openMapped(process, mapping) ?? openRegularFile(process, mapping.path);
  if (file === undefined) return undefined;
  const stat = fstatSync(file);
  const owner = readProcessStatus(process.procfsPath, process.pid).uid;
  const isRight = stat.isFile() && stat.ino === mapping.inode && stat.uid === owner && stat.size <= mostPerfDataBytes;
  if (isRight) return file;
  closeSync(file);
  return undefined;
}

/** Also when it is deleted, but it asks for CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE. */
function openMapped({ procfsPath, pid }: ProcessRef, { start, end }: Mapping): number | undefined {
  const range = `${start.toString(16)}-${end.toString(16)}`;
  try {
    return openSync(`${procfsPath}/${pid}/map_files/${range}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined; // the way through the folders is left
  }
}
