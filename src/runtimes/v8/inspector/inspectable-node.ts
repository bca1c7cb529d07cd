import { readlinkSync } from 'node:fs';
import { checkCatches } from '../../../linux/caught-signal.ts';
import { readExecutable } from '../../../linux/executable.ts';
import { fileFailure } from '../../../linux/file-failure.ts';
import { readListeningSockets } from '../../../linux/listening-sockets.ts';
import { readLivingProcessStat } from '../../../linux/process-stat.ts';
import { readFileStart } from '../../../linux/small-file.ts';
import { readMappings } from '../../../memory/process-memory.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { findNodeImage, metadataSymbol } from '../image.ts';

/** `node`, Debian's `nodejs`, and what version managers call it. */
const nodeName = /^node(?:js)?[-\d.]*$/;
/** Where Node.js listens unless it is told otherwise; when it is taken, it says so on stderr and goes on without. */
const inspectorPort = 9229;
/** What chooses another address, to which others might come. */
const inspectorOption = /(?:^|[\s\0"'])--(?:inspect|debug)/;
const mostArgumentBytes = 256 * 1024;

/**
 * Looks whether a process would open an inspector at SIGUSR1, for us and no one else, and touches nothing. Answers the
 * program that was looked at (`ProcessStat.image`). Throws `unsupported` with the reason. A handler that the program has of
 * its own cannot be told from that of Node.js.
 */
export function checkInspectable(process: ProcessRef): string {
  const { procfsPath, pid } = process;
  const { image } = readLivingProcessStat(process);
  const node = findNodeImage(process, readMappings(process));
  if (node === undefined) throw new ReadFailure('gone', `process ${pid} is no Node.js process (any more)`);
  const { name } = readExecutable(procfsPath, pid);
  if (!nodeName.test(name) || !node.symbols.has(metadataSymbol)) throw refused('its program is not node itself');
  if (networkOf(procfsPath, pid) !== networkOf(procfsPath, 'self')) {
    throw refused('it is in another network namespace, where heapwatch cannot reach it: run heapwatch as a sidecar');
  }
  for (const file of ['cmdline', 'environ']) {
    const text = readFileStart(`${procfsPath}/${pid}/${file}`, mostArgumentBytes).toString('latin1');
    const given = file === 'cmdline' ? text : (/(?:^|\0)NODE_OPTIONS=([^\0]*)/.exec(text)?.[1] ?? '');
    if (inspectorOption.test(given))
      throw refused('it was started with an option of the inspector, which is the user’s');
  }
  if (readListeningSockets(process).some(({ port }) => port === inspectorPort)) {
    throw refused(`port ${inspectorPort} is taken, by whomever, and is left alone`);
  }
  checkCatches(process, 'SIGUSR1', image);
  return image;
}

function networkOf(procfsPath: string, pid: number | 'self'): string {
  const link = `${procfsPath}/${pid}/ns/net`;
  try {
    return readlinkSync(link);
  } catch (error) {
    throw fileFailure(error, link);
  }
}

function refused(why: string): ReadFailure {
  return new ReadFailure('unsupported', `the inspector of this Node.js is not opened: ${why}`);
}
