import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file that the page loads from us, and nobody else. */
export interface Asset {
  /** As it was built, e.g. `page.js`. */
  readonly name: string;
  /** Where it answers. It changes with the content, so that it may be kept for ever. */
  readonly url: string;
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** What the build has put beside the page. Without a build there is nothing: the page works without it, but is not live. */
export function readAssets(folder: string): Asset[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names.flatMap((name) => {
    const type = TYPES[name.split('.').at(-1) ?? ''];
    if (type === undefined) return [];
    const body = readFileSync(join(folder, name));
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
    return [{ name, url: `/assets/${hash}/${name}`, type, body }];
  });
}
