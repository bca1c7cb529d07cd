import type { ProcessMemory } from '../../memory/process-memory.ts';
import type { PythonImage } from './image.ts';

/** What Py_GetVersion() leaves in a static buffer at start-up, the text of sys.version: `3.8.18 (default, May ...) `. */
const versionText = /(?<![\d.])(\d\.\d+\.\d+(?:(?:a|b|rc)\d+)?)\+? \(/;

/**
 * The patch level of a CPython up to 3.10, which exports no `Py_Version`, from the image's data in the process.
 * Undefined when it is not there.
 */
export function readVersionText(memory: ProcessMemory, image: PythonImage): string | undefined {
  for (const { start, end } of image.writable) {
    const bytes = Buffer.alloc(end - start);
    memory.read(start, bytes, 0, bytes.length);
    const version = versionText.exec(bytes.toString('latin1'))?.[1];
    if (version?.startsWith(`${image.version}.`)) return version;
  }
  return undefined;
}
