import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether npm runs something when it installs the package of this folder. */
export function runsWhenInstalled(folder: string): boolean {
  const { scripts = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  // npm runs node-gyp where there is a binding.gyp, without being told.
  const builds = existsSync(join(folder, 'binding.gyp'));
  return builds || ['preinstall', 'install', 'postinstall'].some((event) => event in scripts);
}
