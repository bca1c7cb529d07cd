import { posix } from 'node:path';
import { parseConfigDocument } from './config-document.ts';
import type { SettingTable } from './setting.ts';
import { readSmallFile } from './small-file.ts';
import { quote, type Source } from './source.ts';

/** A thousand patterns fit; what is larger is another file. It also bounds what a hostile file costs to parse. */
const CONFIG_FILE_BYTES = 64 * 1024;

/** Reads a table's settings from a YAML file. Never throws: a file that cannot be read is a mistake of its `origin`. */
export function readConfigFile(table: SettingTable, path: string, origin: string): Source {
  const content = readSmallFile(path, CONFIG_FILE_BYTES);
  if ('mistake' in content) return { given: new Map(), mistakes: [`${origin}: ${quote(path)} ${content.mistake}`] };
  return parseConfigDocument(table, content.bytes.toString('utf8'), posix.basename(path));
}
