import { closeSync, openSync, readSync } from 'node:fs';
import { posix } from 'node:path';
import { parseConfigDocument } from './config-document.ts';
import type { SettingTable } from './setting.ts';
import { quote, type Source } from './source.ts';

/** A thousand patterns fit; what is larger is another file. It also bounds what a hostile file costs to parse. */
const CONFIG_FILE_BYTES = 64 * 1024;

/** Reads a table's settings from a YAML file. Never throws: a file that cannot be read is a mistake of its `origin`. */
export function readConfigFile(table: SettingTable, path: string, origin: string): Source {
  const content = readStart(path, CONFIG_FILE_BYTES + 1);
  if ('mistake' in content) return { given: new Map(), mistakes: [`${origin}: ${quote(path)} ${content.mistake}`] };
  return parseConfigDocument(table, content.bytes.toString('utf8'), posix.basename(path));
}

function readStart(path: string, maxBytes: number): { readonly bytes: Buffer } | { readonly mistake: string } {
  const buffer = Buffer.alloc(maxBytes);
  let length = 0;
  try {
    const fd = openSync(path, 'r');
    try {
      for (let count = -1; count !== 0 && length < maxBytes; length += count) {
        count = readSync(fd, buffer, length, maxBytes - length, null);
      }
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { mistake: unreadable(error as NodeJS.ErrnoException) };
  }
  if (length === maxBytes) return { mistake: `is larger than ${CONFIG_FILE_BYTES} bytes: it holds more than settings` };
  return { bytes: buffer.subarray(0, length) };
}

function unreadable({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'is not there';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by the user that heapwatch runs as';
    case 'EISDIR':
      return 'is a folder, not a file';
    default:
      return `cannot be read: ${message}`;
  }
}
