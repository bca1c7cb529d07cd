import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Of what was written since the last look; what is more is skipped, the newest is read. */
const MOST_BYTES = 256 * 1024;
/** The rest of a longer line is dropped. */
const LINE_BYTES = 4096;
const NEWLINE = 0x0a;

/** Follows a file that grows. */
export interface LogTail {
  /** Lines since the last call, without their ends. Never throws: what cannot be read has no lines. */
  read(): string[];
  /** Idempotent. */
  close(): void;
}

interface OpenFile {
  readonly fd: number;
  readonly inode: number;
  offset: number;
}

/**
 * Follows the file at a path from its end on. A file that is truncated is read from its start again; when another file
 * takes its place, the old one is read to its end, and the new one from its start. Undefined when there is no regular file.
 */
export function followFile(path: string): LogTail | undefined {
  let file = open(path);
  if (file === undefined) return undefined;
  file.offset = fstatSync(file.fd).size;
  const chunk = Buffer.allocUnsafe(MOST_BYTES);
  /** The beginning of a line whose end was not there yet. */
  let rest = '';

  function drain(current: OpenFile): string[] {
    const { size } = fstatSync(current.fd);
    if (size < current.offset) current.offset = 0;
    if (size - current.offset > MOST_BYTES) {
      current.offset = size - MOST_BYTES;
      rest = '';
    }
    const length = readSync(current.fd, chunk, 0, Math.min(MOST_BYTES, size - current.offset), current.offset);
    current.offset += length;
    return split(chunk.subarray(0, length));
  }

  function split(bytes: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      lines.push(rest + textOf(bytes, start, end));
      rest = '';
      start = end + 1;
    }
    if (rest.length < LINE_BYTES) rest += textOf(bytes, start, bytes.length);
    return lines.map((line) => line.slice(0, LINE_BYTES));
  }

  return {
    read() {
      if (file === undefined) return [];
      try {
        const lines = drain(file);
        const next = inodeAt(path);
        if (next === undefined || next === file.inode) return lines;
        const newer = open(path);
        if (newer === undefined) return lines;
        closeSync(file.fd);
        file = newer;
        return [...lines, ...drain(newer)];
      } catch {
        return []; // a disk that fails says nothing either
      }
    },
    close() {
      if (file !== undefined) closeSync(file.fd);
      file = undefined;
    },
  };
}

/** Binary text becomes printable; `\t` stays. */
function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, Math.min(end, start + LINE_BYTES));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what shall not be kept
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, ' ').trimEnd();
}

function open(path: string): OpenFile | undefined {
  let fd: number;
  try {
    // The path is the target's to arrange: without O_NONBLOCK a pipe there would stop us for ever.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
  const stats = fstatSync(fd);
  if (stats.isFile()) return { fd, inode: stats.ino, offset: 0 };
  closeSync(fd);
  return undefined;
}

function inodeAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
