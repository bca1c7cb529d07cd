import type { ProcessMemory } from '../../memory/process-memory.ts';
import { metadataSymbol, type NodeImage } from './image.ts';

const versionText = /^\d{1,3}\.\d{1,3}\.\d{1,3}$/;
/** As long as a std::string keeps in itself. */
const mostVersionBytes = 15;

/**
 * The version as `process.versions.node` has it: the first member of node::per_process::metadata is the std::string of it
 * (src/node_metadata.h; libstdc++: pointer, length). A nightly build or a release candidate has none that we know: ''.
 */
export function readVersion(memory: ProcessMemory, image: NodeImage): string {
  const metadata = image.symbols.get(metadataSymbol);
  const text = metadata && memory.readWord(metadata);
  const length = metadata && memory.readWord(metadata + 8);
  if (text === undefined || length === undefined || length > mostVersionBytes) return '';
  const bytes = Buffer.alloc(length);
  const version = memory.read(text, bytes, 0, length) === length ? bytes.toString('latin1') : '';
  return versionText.test(version) ? version : '';
}
