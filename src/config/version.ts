import { readFileSync } from 'node:fs';

/** Our version, from the manifest two folders up: of src/ and of dist/ alike. */
export const version: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
