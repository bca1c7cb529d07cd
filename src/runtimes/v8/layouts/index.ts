import type { V8Layout } from './layout.ts';
import { node18 } from './node-18.ts';
import { node20 } from './node-20.ts';
import { node22 } from './node-22.ts';
import { node24 } from './node-24.ts';
import { node26 } from './node-26.ts';

/** The one place where a line is added. */
export const layouts: readonly V8Layout[] = [node18, node20, node22, node24, node26];

/** By a full version such as `20.20.2`; undefined for one that we do not know. */
export function findLayout(version: string): V8Layout | undefined {
  return layouts.find((layout) => version.startsWith(`${layout.version}.`));
}

export const supportedVersions = layouts.map((layout) => layout.version).join(', ');
