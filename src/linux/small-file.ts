import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ReadFailure } from '../model/failure.ts';
import { fileFailure } from './file-failure.ts';

/** Files of /proc and cgroups are a few KiB; what is larger is not what we asked for. */
const SMALL_FILE_BYTES = 64 * 1024;

/** O_PATH of asm-generic/fcntl.h, which node:fs does not name: the file itself, whatever it is, not opened. */
export const O_PATH = 0o10000000;

/**
 * Reads a whole file of at most `maxBytes`. Files of procfs claim a size of 0, so it reads until the end comes.
 * Throws `ReadFailure`: `gone`, `denied`, or `unreadable` when the file is larger.
 */
export function readSmallFile(path: string, maxBytes = SMALL_FILE_BYTES): string {
  const bytes = readFileStart(path, maxBytes + 1);
  if (bytes.length > maxBytes) throw new ReadFailure('unreadable', `${path} is larger than ${maxBytes} bytes`);
  return bytes.toString('utf8');
}

/** Reads the first `maxBytes` of a file, or less when it is shorter. Throws `ReadFailure`. */
export function readFileStart(path: string, maxBytes: number): Buffer {
  try {
    return readRegularFile(path, maxBytes);
  } catch (error) {
    throw fileFailure(error, path);
  }
}

function readRegularFile(path: string, maxBytes: number): Buffer {
  const fd = TARGET_ROOT.test(path) ? openLookedAt(path) : openAtOnce(path);
  try {
    if (!fstatSync(fd).isFile()) throw new ReadFailure('unreadable', `${path} is not a regular file`);
    let buffer = Buffer.allocUnsafe(Math.min(maxBytes, 4096));
    let length = 0;
    for (;;) {
      if (length === buffer.length) {
        if (length === maxBytes) return buffer;
        buffer = Buffer.concat([buffer], Math.min(maxBytes, length * 4));
      }
      const count = readSync(fd, buffer, length, buffer.length - length, null);
      if (count === 0) return buffer.subarray(0, length);
      length += count;
    }
  } finally {
    closeSync(fd);
  }
}

/** What is below it is the target's to arrange: a link there may lead to a device, and opening one can have effects. */
const TARGET_ROOT = /\/\d+\/root\//;

/**
 * Costs 20 us more than opening at once. A link is not followed, nor a mount over the file: reading some files of procfs and
 * tracefs takes from them what others wait for, such as the kernel's log of /proc/kmsg.
 */
function openLookedAt(path: string): number {
  const folder = openSync(dirname(path), O_PATH | constants.O_DIRECTORY);
  try {
    const found = openSync(`/proc/self/fd/${folder}/${basename(path)}`, O_PATH | constants.O_NOFOLLOW);
    try {
      const stats = fstatSync(found);
      if (stats.isFile() && stats.dev === fstatSync(folder).dev) return openAtOnce(`/proc/self/fd/${found}`);
      throw new ReadFailure('unreadable', `${path} is not a regular file of its folder`);
    } finally {
      closeSync(found);
    }
  } finally {
    closeSync(folder);
  }
}

function openAtOnce(path: string): number {
  // Without O_NONBLOCK a pipe would stop us for ever.
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
}
