import { readLivingProcessStat } from '../../linux/process-stat.ts';
import type { Mapping } from '../../memory/mappings.ts';
import { ProcessMemory, readMappings } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import type { ProcessRef } from '../../model/target.ts';
import { unsupportedBuild } from '../unsupported-build.ts';
import { giveUp } from '../vanished.ts';
import { findHiddenFile, findNodeImage, metadataSymbol, type NodeImage, platformSymbol } from './image.ts';
import { findLayout, supportedVersions } from './layouts/index.ts';
import type { V8Layout } from './layouts/layout.ts';
import { readVersion } from './node-version.ts';

/** A Node.js process whose version is known. Close `memory` when done; its isolates come and go (`isolates.ts`). */
export interface AttachedNode {
  readonly memory: ProcessMemory;
  readonly image: NodeImage;
  /** Exact, e.g. `20.20.2`. */
  readonly version: string;
  readonly layout: V8Layout;
  /** The first thread's stack, [start, end) as far as it may grow: whose isolate is the main one. */
  readonly mainStack: { readonly start: number; readonly end: number };
}

const wordBytes = 8;
const muslLoader = /\/ld-musl-[^/]*$/;
/** `ulimit -s` is 8 MiB unless someone changed it. */
const mostStackBytes = 64 * 2 ** 20;

/** Opens a Node.js process. Throws `ReadFailure` of every kind; leaves nothing open then. */
export function attach(process: ProcessRef): AttachedNode {
  // Opened first: after an exec it reads as nothing, and so never mixes an old program's addresses with a new memory.
  const memory = new ProcessMemory(process);
  try {
    const mappings = readMappings(process);
    const image = findNodeImage(process, mappings);
    if (image === undefined) throw withoutImage(process, mappings);
    // The open file is bound to the address space it was opened for: if that is still ours now, it stays ours.
    readLivingProcessStat(process);
    refuseOthers(image, mappings);
    const version = readVersion(memory, image);
    const layout = findLayout(version);
    if (layout === undefined) {
      throw new ReadFailure(
        'unsupported',
        `Node.js ${version || 'of unknown version'} is not supported; heapwatch reads ${supportedVersions}`,
      );
    }
    const stackEnd = mappings.find(({ path }) => path === '[stack]')?.end ?? 0;
    return { memory, image, version, layout, mainStack: { start: stackEnd - mostStackBytes, end: stackEnd } };
  } catch (error) {
    throw giveUp(error, memory);
  }
}

function withoutImage(process: ProcessRef, mappings: readonly Mapping[]): ReadFailure {
  const hidden = findHiddenFile(process, mappings);
  if (hidden === undefined) {
    return new ReadFailure('gone', `process ${process.pid} is no Node.js process (any more), or it has ended`);
  }
  return new ReadFailure(
    'denied',
    `the file ${hidden} that process ${process.pid} runs may not be read, so its version is not known: let the user ` +
      'that heapwatch runs as read it, or run heapwatch as root',
  );
}

/** What offers Node's native interface and is no official build: its heap is another, or lies where nothing tells. */
function refuseOthers({ symbols, taggedBytes }: NodeImage, mappings: readonly Mapping[]): void {
  if (taggedBytes === undefined) {
    throw unsupportedBuild('Node.js', 'it has no v8dbg_* symbols; Bun, Deno and Electron have none, and other heaps');
  }
  if (taggedBytes !== wordBytes) throw unsupportedBuild('Node.js', 'it compresses pointers');
  if (!symbols.has(platformSymbol) || !symbols.has(metadataSymbol)) {
    throw unsupportedBuild('Node.js', 'it does not export where its V8 is; the builds of nodejs.org do');
  }
  if (mappings.some(({ path }) => muslLoader.test(path))) {
    throw unsupportedBuild(
      'Node.js',
      'it is linked with musl (Alpine); images with glibc, such as node:slim, can be read',
    );
  }
}
