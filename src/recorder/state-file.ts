import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReadFailure } from '../model/failure.ts';
import { readOwnFile } from './own-file.ts';
import { fillWholeFile } from './whole-file.ts';

/** Larger than the state of 256 targets with a full history; no file of this size is ours. */
const MOST_BYTES = 128 * 1024 * 1024;
const VERSION = 1;

/** One file of our state: a line of JSON that says what it is, lines of content, and a line that says they are whole. */
export interface StateFile {
  /**
   * Undefined when there is none yet. Throws `ReadFailure` in words; a file that is not ours, of a later version or
   * damaged is renamed, so that nothing is lost. What could not be read, or not be renamed, is not overwritten either.
   */
  read(): { header: Readonly<Record<string, unknown>>; lines: string[] } | undefined;
  /** Renames a file whose lines are not ours; answers what to tell. */
  reject(reason: string): ReadFailure;
  /**
   * Replaces the file as a whole or not at all, and answers its size in bytes. Lines are asked for one by one, others have
   * their turn between them; those past 128 MiB are left out. Throws `ReadFailure` in words.
   */
  write(header: Readonly<Record<string, unknown>>, lines: Iterable<string>): Promise<number>;
}

/** `kind` tells our files from each other. */
export function openStateFile(path: string, kind: string): StateFile {
  /** Why what is there could not be read: it may be of use yet. */
  let obstacle: unknown;

  function reject(reason: string): ReadFailure {
    try {
      return new ReadFailure('unreadable', `${path} ${reason}. ${setAside(path)}`);
    } catch (cause) {
      const advice = `It could not be renamed (${(cause as Error).message}): move it away and restart heapwatch`;
      obstacle = cause;
      return new ReadFailure('unreadable', `${path} ${reason}. ${advice}`, { cause });
    }
  }

  function read(): ReturnType<typeof parseState> | undefined {
    obstacle = undefined;
    try {
      const bytes = readWhole(path);
      return Buffer.isBuffer(bytes) ? parseState(bytes, kind) : bytes;
    } catch (error) {
      obstacle = error;
      throw error;
    }
  }

  return {
    read() {
      const content = read();
      if (typeof content === 'string') throw reject(content);
      return content;
    },
    reject,
    async write(header, lines) {
      if (obstacle !== undefined) throw leftAsItIs(path, obstacle);
      try {
        return await writeState(path, { heapwatch: kind, version: VERSION, ...header }, lines);
      } catch (error) {
        throw stateFailure(error, path, 'written');
      }
    },
  };
}

/** Answers with words when it cannot be ours. */
function readWhole(path: string): Buffer | string | undefined {
  try {
    return readOwnFile(path, MOST_BYTES);
  } catch (error) {
    // Where a folder of the path is none there is no file either, and writing tells what is in the way.
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw stateFailure(error, path, 'read');
  }
}

/** Answers with words when it is not whole, or not ours. */
function parseState(bytes: Buffer, kind: string): ReturnType<StateFile['read']> | string {
  const lines = bytes.toString('utf8').split('\n');
  const header = parseObject(lines[0]);
  if (header?.heapwatch !== kind) return `was not written by heapwatch as its ${kind}`;
  if (header.version !== VERSION) {
    return `has version ${JSON.stringify(header.version)}, and this heapwatch knows version ${VERSION} only`;
  }
  const end = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
  const digest = createHash('sha256').update(bytes.subarray(0, end)).digest('hex');
  if (parseObject(lines.at(-2))?.sha256 !== digest || lines.at(-1) !== '') return 'is damaged';
  return { header, lines: lines.slice(1, -2) };
}

function parseObject(text = ''): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // what is no JSON is no line of ours
  }
}

/** Under one name only: an error that comes again and again must not fill the disk. Throws what renaming does. */
function setAside(path: string): string {
  renameSync(path, `${path}.rejected`);
  return `It was renamed to ${path}.rejected, and the state starts anew`;
}

function leftAsItIs(path: string, cause: unknown): ReadFailure {
  const message = `${path} is left as it is, because it could not be read when heapwatch started: mend that and restart heapwatch`;
  return new ReadFailure('unreadable', message, { cause });
}

async function writeState(path: string, header: object, lines: Iterable<string>): Promise<number> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return fillWholeFile(path, async (file) => {
    const hash = createHash('sha256');
    let written = 0;
    const append = async (line: string) => {
      const bytes = Buffer.from(`${line}\n`);
      hash.update(bytes);
      written += bytes.length;
      await file.writeFile(bytes);
    };
    await append(JSON.stringify(header));
    for (const line of lines) if (written + 4 * line.length + 100 <= MOST_BYTES) await append(line);
    await append(JSON.stringify({ sha256: hash.copy().digest('hex') }));
    return written;
  });
}

function stateFailure(error: unknown, path: string, verb: 'read' | 'written'): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code));
  const advice = denied ? ' let heapwatch read and write there, or' : '';
  const message = `${path} cannot be ${verb}: ${error.message};${advice} choose another place for the state`;
  return new ReadFailure(denied ? 'denied' : 'unreadable', message, { cause: error });
}
