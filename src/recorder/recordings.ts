import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReadFailure } from '../model/failure.ts';

/** What recordings may take; in bytes. */
export interface RecordingBounds {
  /** A recording that has grown so large is full: the next one goes on. */
  readonly fileBytes: number;
  /** Of all recordings together: the oldest that are not being written go. */
  readonly folderBytes: number;
  readonly files: number;
  /** Of all lines that wait to be written: a disk that hangs must not fill our memory. */
  readonly waitingBytes: number;
  /** Recordings that take lines at a time. */
  readonly open: number;
}

/** 4 MiB are 8 hours of a process with 50 types; 256 of them, the targets that are watched unless told otherwise, fit twice. */
const USUAL_BOUNDS: RecordingBounds = {
  fileBytes: 4 * 1024 * 1024,
  folderBytes: 2 * 1024 * 1024 * 1024,
  files: 4096,
  waitingBytes: 32 * 1024 * 1024,
  open: 256,
};

/** A file that is written from beginning to end, line by line. */
export interface Recording {
  /** True when no more lines are taken: it is full, or could not be written. */
  readonly isOver: boolean;
  add(line: string): void;
  /** What waits is written yet. */
  end(): void;
}

/** A folder of recordings. */
export interface Recordings {
  /** Undefined when as many as may be are open, or wait to be written. `name` is the beginning of the file's name. */
  begin(name: string, now: Date): Recording | undefined;
  /** Writes what waits; answers of how many. Throws `ReadFailure` for the first that could not be; those are over. */
  write(): Promise<number>;
}

/** Only files named like this are counted, and removed when there are too many. */
const OURS = /-\d{8}T\d{9}Z\.trace\.jsonl$/;

interface OpenRecording {
  readonly path: string;
  /** Of the file, from when it was made. */
  inode?: number;
  /** Whole lines that are in the file. */
  bytes: number;
  waiting: string;
  isOver: boolean;
}

export function openRecordings(folder: string, bounds = USUAL_BOUNDS): Recordings {
  const recordings = new Set<OpenRecording>();
  let allWaiting = 0;

  function begin(name: string, now: Date): Recording | undefined {
    const taking = [...recordings].filter(({ isOver }) => !isOver);
    if (taking.length >= bounds.open || allWaiting >= bounds.waitingBytes) return undefined;
    const plain = name.replaceAll(/[^\w.-]+/g, '_').slice(0, 80);
    const time = now.toISOString().replaceAll(/[-:.]/g, '');
    const recording: OpenRecording = {
      path: join(folder, `${plain}-${time}.trace.jsonl`),
      bytes: 0,
      waiting: '',
      isOver: false,
    };
    recordings.add(recording);
    return {
      get isOver() {
        return recording.isOver;
      },
      add(line) {
        if (recording.isOver) return;
        recording.waiting += `${line}\n`;
        allWaiting += line.length;
        const isFull = recording.bytes + recording.waiting.length > bounds.fileBytes;
        if (isFull || allWaiting > bounds.waitingBytes) recording.isOver = true;
      },
      end() {
        recording.isOver = true;
      },
    };
  }

  async function write(): Promise<number> {
    const waiting = [...recordings].filter(({ waiting }) => waiting !== '');
    let failure: unknown;
    try {
      if (waiting.some(({ bytes }) => bytes === 0)) await makeRoom(waiting);
    } catch (error) {
      failure = error;
    }
    for (const recording of waiting) {
      const text = recording.waiting;
      recording.waiting = '';
      try {
        recording.bytes += await append(recording, text);
      } catch (error) {
        failure ??= error;
        recording.isOver = true;
        recording.waiting = '';
      }
    }
    allWaiting = [...recordings].reduce((sum, each) => sum + each.waiting.length, 0);
    for (const recording of recordings) {
      if (recording.isOver && recording.waiting === '') recordings.delete(recording);
    }
    if (failure !== undefined) throw recordingFailure(failure, folder);
    return waiting.length;
  }

  /** For the files that come now, and the lines that all of them get. */
  async function makeRoom(coming: readonly OpenRecording[]): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const written = new Set([...recordings].map(({ path }) => path));
    const files = await ourFiles(folder);
    let count = files.length + coming.filter(({ bytes }) => bytes === 0).length;
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0) + bounds.fileBytes * recordings.size;
    for (const file of files) {
      if (count <= bounds.files && bytes <= bounds.folderBytes) return;
      if (written.has(file.path)) continue;
      await rm(file.path);
      count--;
      bytes -= file.bytes;
    }
  }

  return { begin, write };
}

/** The longest unchanged first. */
async function ourFiles(folder: string): Promise<{ path: string; bytes: number; changedMs: number }[]> {
  const files = [];
  for (const name of await readdir(folder)) {
    if (!OURS.test(name)) continue;
    const path = join(folder, name);
    const stats = await lstat(path);
    if (stats.isFile()) files.push({ path, bytes: stats.size, changedMs: stats.mtimeMs });
  }
  return files.sort((a, b) => a.changedMs - b.changedMs);
}

/** Whole lines or nothing: what a full disk has cut off is taken away again. Answers the bytes written. */
async function append(recording: OpenRecording, text: string): Promise<number> {
  const { path, bytes } = recording;
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  // A file of this name, or a link that someone else has put there, is not ours; a pipe would stop us for ever.
  const flags = O_WRONLY | O_NONBLOCK | (bytes === 0 ? O_CREAT | O_EXCL : O_NOFOLLOW);
  const file = await open(path, flags, 0o600);
  try {
    await checkIsSame(recording, file);
  } catch (error) {
    await file.close();
    throw error;
  }
  try {
    const buffer = Buffer.from(text);
    let written = 0;
    while (written < buffer.length) {
      written += (await file.write(buffer, written, undefined, bytes + written)).bytesWritten;
    }
    return written;
  } catch (error) {
    if (bytes === 0) await rm(path);
    else await file.truncate(bytes);
    throw error;
  } finally {
    await file.close();
  }
}

/** In a folder where others may write a hard link can put any file of the disk in the place of ours. */
async function checkIsSame(recording: OpenRecording, file: FileHandle): Promise<void> {
  const { ino } = await file.stat();
  recording.inode ??= ino;
  if (ino === recording.inode) return;
  throw new ReadFailure(
    'unreadable',
    `${recording.path} is another file now, which is left alone: let only heapwatch write there`,
  );
}

function recordingFailure(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code));
  const advice = denied ? 'let heapwatch write there, or choose another folder' : 'make room, or choose another folder';
  const message = `samples are not recorded in ${folder}: ${error.message}; ${advice}`;
  return new ReadFailure(denied ? 'denied' : 'unreadable', message, { cause: error });
}
