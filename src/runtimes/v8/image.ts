import { closeSync } from 'node:fs';
import { candidateImages, openMappedFile, withImage } from '../../memory/image.ts';
import type { Mapping } from '../../memory/mappings.ts';
import type { ProcessRef } from '../../model/target.ts';

/** Where Node.js, or what offers its native interface, lies in a process. Addresses are the process's own. */
export interface NodeImage {
  readonly path: string;
  readonly loadBias: number;
  /** Those of `wantedSymbols` that it has, by name. */
  readonly symbols: ReadonlyMap<string, number>;
  /** Bytes of a tagged pointer; undefined for a build that does not tell debuggers about its heap. */
  readonly taggedBytes: number | undefined;
}

/** Has the version, in builds that are not stripped: three 32-bit numbers. */
const versionConstant = '_ZZ21napi_get_node_versionE7version';

/** Node-API of src/node_api.h: whatever loads native modules of Node.js exports it, also Bun, Deno and Electron. */
const nodeApi = 'napi_get_node_version';
/** node::per_process of src/node_metadata.h and src/node_v8_platform-inl.h. */
export const metadataSymbol = '_ZN4node11per_process8metadataE';
export const platformSymbol = '_ZN4node11per_process11v8_platformE';
/** The bytes of a tagged pointer: one of the constants that V8's tools/gen-postmortem-metadata.py writes for debuggers. */
const taggedSize = 'v8dbg_TaggedSize';
const wantedSymbols = [nodeApi, metadataSymbol, platformSymbol, taggedSize];

const libraryName = /\/libnode\.so[.\d]*(?: \(deleted\))?$/;

/** Finds the executable or shared library that carries Node.js; undefined when there is none. Reads files only. */
export function findNodeImage(process: ProcessRef, mappings: readonly Mapping[]): NodeImage | undefined {
  for (const path of candidateImages(mappings, libraryName)) {
    const image = withImage(process, mappings, path, ({ elf, loadBias }, readFile): NodeImage | undefined => {
      const symbols = elf.symbols(wantedSymbols);
      if (!symbols.has(nodeApi)) return undefined;
      const size = symbols.get(taggedSize);
      return {
        path,
        loadBias,
        symbols: new Map([...symbols].map(([name, address]) => [name, address + loadBias])),
        taggedBytes: size === undefined ? undefined : readFile(size, 4)?.readUInt32LE(0),
      };
    });
    if (image !== undefined) return image;
  }
  return undefined;
}

/** The version that the file tells; undefined when it is stripped, or of another program. Reads files only. */
export function readFileVersion(process: ProcessRef, mappings: readonly Mapping[], path: string): string | undefined {
  return withImage(process, mappings, path, ({ elf }, readFile) => {
    const address = elf.staticSymbols([versionConstant]).get(versionConstant);
    const numbers = address === undefined ? undefined : readFile(address, 12);
    return numbers && [0, 4, 8].map((at) => numbers.readUInt32LE(at)).join('.');
  });
}

/** The first file that might carry Node.js and may not be opened; undefined when each of them may. */
export function findHiddenFile(process: ProcessRef, mappings: readonly Mapping[]): string | undefined {
  return candidateImages(mappings, libraryName).find((path) => {
    const file = openMappedFile(process, mappings, path);
    if (file !== undefined) closeSync(file);
    return file === undefined;
  });
}
