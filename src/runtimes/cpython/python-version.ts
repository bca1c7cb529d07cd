import type { ProcessMemory } from '../../memory/process-memory.ts';
import type { PythonImage } from './image.ts';

/** What Py_GetVersion() leaves in a static buffer at start-up, the text of sys.version: `3.8.18 (default, May ...) `. */
const versionText = /(?<![\d.])(\d\.\d+\.\d+(?:(?:a|b|rc)\d+)?)\+? \(/;

/**
 * The exact version. Up to 3.10 no symbol tells it: then it is read from the image's data in the process. When it is
 * not there either, what the file's name says.
 */
export function readVersion(memory: ProcessMemory, image: PythonImage): string {
  if (isExact(image.version)) return image.version;
  for (const { start, end } of image.writable) {
    const bytes = Buffer.alloc(end - start);
    memory.read(start, bytes, 0, bytes.length);
    const version = versionText.exec(bytes.toString('latin1'))?.[1];
    if (version !== undefined && (image.version === '' || version.startsWith(`${image.version}.`))) return version;
  }
  return image.version;
}

export function isExact(version: string): boolean {
  return /\.\d+\./.test(version);
}
