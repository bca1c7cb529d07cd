import { readAddress } from '../../memory/address.ts';
import type { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import { vanished } from '../vanished.ts';
import { metadataSymbol, type NodeImage } from './image.ts';

const versionText = /^\d{1,3}\.\d{1,3}\.\d{1,3}$/;
/** As long as a std::string keeps in itself. */
const mostVersionBytes = 15;

/**
 * The version as `process.versions.node` has it: the first member of node::per_process::metadata is the std::string of it
 * (src/node_metadata.h; libstdc++: pointer, length). A nightly build or a release candidate has none that we know: ''.
 * Throws `gone`, and `busy` where it is not to be seen yet, or is in swap.
 */
export function readVersion(memory: ProcessMemory, image: NodeImage): string {
  const metadata = image.symbols.get(metadataSymbol);
  if (metadata === undefined) return '';
  const head = Buffer.alloc(16);
  if (memory.read(metadata, head, 0, head.length) < head.length) throw vanished(memory);
  const [text, length] = [readAddress(head, 0), readAddress(head, 8)];
  if (length === 0) throw new ReadFailure('busy', 'this Node.js has no version yet: it is just starting');
  if (length > mostVersionBytes) return '';
  const bytes = Buffer.alloc(length);
  if (memory.read(text, bytes, 0, length) < length) throw vanished(memory);
  const version = bytes.toString('latin1');
  return versionText.test(version) ? version : '';
}
