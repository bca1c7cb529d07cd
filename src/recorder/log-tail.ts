import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type FilePlace, findPlace, isInPlace } from '../linux/file-place.ts';
import { O_PATH } from '../linux/small-file.ts';
import { isWrittenThere } from './written-file.ts';

/** Of what was written since the last look; what is more is skipped, the newest is read. */
const MOST_BYTES = 256 * 1024;
/** As many as there are of 64 bytes; of shorter ones the newest are told. */
const MOST_LINES = MOST_BYTES / 64;
/** The rest of a longer line is dropped. */
const LINE_BYTES = 4096;
const NEWLINE = 0x0a;
// Controls and format characters, which steer a terminal or rearrange a line, and line separators.
const UNPRINTABLE = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** One for all files: each is read at once. */
const chunk = Buffer.allocUnsafe(MOST_BYTES);

/** Follows a file that grows. */
export interface LogTail {
  /** Lines since the last call, without their ends. Never throws: what cannot be read has no lines. */
  read(): string[];
  /** For `readFurther`; undefined when the file is not found by a path of ours. */
  place(): LogPlace | undefined;
  /** Idempotent. */
  close(): void;
}

/** How far a file has been read. */
export interface LogPlace extends FilePlace {
  readonly offset: number;
}

interface OpenFile {
  readonly fd: number;
  readonly device: number;
  readonly inode: number;
  readonly uid: number;
  offset: number;
}

/**
 * Follows the file at a path from its end on. A file that is truncated is read from its start
 * again; when another file takes its place, the old one is read to its end, and the new one from its start. Undefined when
 * there is no regular file.
 */
export function followFile(path: string): LogTail | undefined {
  let file = open(path);
  if (file === undefined) return undefined;
  file.offset = fstatSync(file.fd).size;
  const drain = createDrain();

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
    place() {
      if (file === undefined) return undefined;
      const link = `/proc/self/fd/${file.fd}`;
      const here = findPlace(link);
      // Of a file in a container it is a path in there: here something else may be found by it, or nothing.
      const place = here && { ...here, path: readlinkSync(link) };
      return place && isInPlace(place) ? { ...place, offset: file.offset } : undefined;
    },
    close() {
      if (file !== undefined) closeSync(file.fd);
      file = undefined;
    },
  };
}

/**
 * What was written to a file since it was read so far, by whomever: its newest lines, as `LogTail` has them. When the file
 * was rotated once meanwhile, the one in its place is read too; when it is gone there is nothing. Never throws.
 */
export function readFurther({ path, device, inode, offset }: LogPlace): string[] {
  let folder: number;
  try {
    folder = openSync(dirname(path), O_PATH | constants.O_DIRECTORY);
  } catch {
    return []; // it is gone with what was in it
  }
  // Whoever logged may arrange what is there: no link is followed, and the folder stays the same for both.
  const file = `/proc/self/fd/${folder}/${basename(path)}`;
  const [current, rotated] = [file, `${file}.1`].map((name) => open(name, constants.O_NOFOLLOW));
  const isOurs = (one: OpenFile | undefined) => one?.device === device && one.inode === inode;
  try {
    const drain = createDrain();
    if (current && isOurs(current)) return drain(Object.assign(current, { offset }));
    if (rotated === undefined || !isOurs(rotated)) return [];
    const lines = drain(Object.assign(rotated, { offset }));
    // A hard link can be any file of the disk: one of someone else is no log of theirs.
    return current?.uid === rotated.uid ? [...lines, ...drain(current)] : lines;
  } catch {
    return []; // a disk that fails says nothing either
  } finally {
    for (const one of [current, rotated]) if (one !== undefined) closeSync(one.fd);
    closeSync(folder);
  }
}

/** Makes a function that answers what has been added to a file. Throws what node:fs does. */
function createDrain(): (file: OpenFile) => string[] {
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
    return lines.slice(-MOST_LINES).map((line) => line.slice(0, LINE_BYTES));
  }

  return drain;
}

/** Binary text becomes printable; `\t` stays. */
function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, Math.min(end, start + LINE_BYTES));
  return text.replace(UNPRINTABLE, ' ').trimEnd();
}

function open(path: string, flags = 0): OpenFile | undefined {
  let fd: number;
  try {
    // The path is the target's to arrange: without O_NONBLOCK a pipe there would stop us for ever.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | flags);
  } catch {
    return undefined;
  }
  const stats = fstatSync(fd);
  const { dev: device, ino: inode, uid } = stats;
  if (stats.isFile() && isWrittenThere(path, fd)) return { fd, device, inode, uid, offset: 0 };
  closeSync(fd);
  return undefined;
}

function inodeAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
