import { candidateImages, withImage } from '../../memory/image.ts';
import type { Mapping } from '../../memory/mappings.ts';
import type { ProcessRef } from '../../model/target.ts';

/** Where CPython lies in a process. Addresses are the process's own. */
export interface PythonImage {
  readonly path: string;
  /** Those of `wantedSymbols` and `staticSymbols` that it has, by name. */
  readonly symbols: ReadonlyMap<string, number>;
  /** `PyType_Type`. */
  readonly typeAddress: number;
  /** Exact from 3.11 on (`Py_Version`), else what the file's name says, e.g. `3.8`; '' when nothing tells. */
  readonly version: string;
  /** The image's data and bss: [start, end) in the process. */
  readonly writable: readonly { readonly start: number; readonly end: number }[];
}

const libraryName = /\/libpython(\d\.\d+)[a-z]*\.so[.\d]*(?: \(deleted\))?$/;
const executableName = /\/python(\d\.\d+)[a-z]*(?: \(deleted\))?$/;
/** Exported by every build, stripped or not: _PyRuntime from 3.7, _PyGC_generation0 up to 3.6, Py_Version from 3.11. */
const wantedSymbols = ['_PyRuntime', '_PyGC_generation0', 'PyType_Type', 'Py_Version'];
/** Up to 3.6 the collector's state is in static variables, which a stripped build does not name. */
const staticSymbols = ['enabled', 'generation_stats', 'garbage', 'long_lived_total'];

/** Linkers make one; CPython's has 1 to 2 MB. */
const maxWritableSegments = 4;
const maxSegmentBytes = 16 * 2 ** 20;

/** Finds the executable or shared library that carries CPython; undefined when there is none. Reads files only. */
export function findPythonImage(process: ProcessRef, mappings: readonly Mapping[]): PythonImage | undefined {
  for (const path of candidateImages(mappings, libraryName)) {
    const image = withImage(process, mappings, path, ({ elf, loadBias }, readFile): PythonImage | undefined => {
      const symbols = elf.symbols(wantedSymbols);
      const type = symbols.get('PyType_Type');
      if (type === undefined || !(symbols.has('_PyRuntime') || symbols.has('_PyGC_generation0'))) return undefined;
      const versionAddress = symbols.get('Py_Version');
      const hexVersion = versionAddress === undefined ? undefined : readFile(versionAddress, 4)?.readUInt32LE(0);
      const statics = symbols.has('_PyRuntime') ? [] : elf.staticSymbols(staticSymbols);
      return {
        path,
        symbols: new Map([...symbols, ...statics].map(([name, address]) => [name, address + loadBias])),
        typeAddress: type + loadBias,
        version: hexVersion === undefined ? versionOfName(path) : formatVersion(hexVersion),
        writable: elf.segments
          .filter((segment) => segment.writable)
          .slice(0, maxWritableSegments)
          .map((segment) => ({
            start: segment.address + loadBias,
            end: segment.address + loadBias + Math.min(segment.memoryBytes, maxSegmentBytes),
          })),
      };
    });
    if (image !== undefined) return image;
  }
  return undefined;
}

function versionOfName(path: string): string {
  return (libraryName.exec(path) ?? executableName.exec(path))?.[1] ?? '';
}

/** PY_VERSION_HEX of Include/patchlevel.h: 0x030b07f0 is 3.11.7. */
function formatVersion(hex: number): string {
  const release = { 10: 'a', 11: 'b', 12: 'rc' }[(hex >>> 4) & 0xf];
  const suffix = release === undefined ? '' : `${release}${hex & 0xf}`;
  return `${hex >>> 24}.${(hex >>> 16) & 0xff}.${(hex >>> 8) & 0xff}${suffix}`;
}
