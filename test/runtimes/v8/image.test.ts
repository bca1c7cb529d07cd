import { expect, test } from 'vitest';
import { readMappings } from '../../../src/memory/process-memory.ts';
import { findNodeImage, readFileVersion } from '../../../src/runtimes/v8/image.ts';
import { allNodes } from '../../real/nodes.ts';
import { refOf } from '../../real/process-ref.ts';
import { startProgram } from '../../real/program.ts';

test.each(allNodes)(
  'the file of Node.js $version tells the version and the size of a pointer',
  async ({ path, version }) => {
    const process = refOf((await startProgram(path, 'v8-vitals.mjs')).pid);
    const mappings = readMappings(process);
    const image = findNodeImage(process, mappings)!;
    expect(image.path).toBe(path);
    expect(image.taggedBytes).toBe(8);
    expect(readFileVersion(process, mappings, image.path)).toBe(version);
  },
);
