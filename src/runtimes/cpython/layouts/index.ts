import type { CpythonLayout } from './layout.ts';
import { python27 } from './python-2-7.ts';
import { python36 } from './python-3-6.ts';
import { python37 } from './python-3-7.ts';
import { python38 } from './python-3-8.ts';
import { python39 } from './python-3-9.ts';
import { python310 } from './python-3-10.ts';
import { python311 } from './python-3-11.ts';
import { python312 } from './python-3-12.ts';
import { python313 } from './python-3-13.ts';
import { python314 } from './python-3-14.ts';
import { python315 } from './python-3-15.ts';

/** The one place where a version is added. */
const layouts: readonly CpythonLayout[] = [
  python27,
  python36,
  python37,
  python38,
  python39,
  python310,
  python311,
  python312,
  python313,
  python314,
  python315,
];

/** By a full version such as `3.11.7`; undefined for one that we do not know. */
export function findLayout(version: string): CpythonLayout | undefined {
  return layouts.find((layout) => version === layout.version || version.startsWith(`${layout.version}.`));
}

export const supportedVersions = layouts.map((layout) => layout.version).join(', ');
