import type { ProcessMemory } from '../../memory/process-memory.ts';
import { ReadFailure } from '../../model/failure.ts';
import { unsupportedBuild } from '../unsupported-build.ts';
import { vanished } from '../vanished.ts';
import type { PythonImage } from './image.ts';
import type { CpythonLayout, DebugOffsets, FixedRuntime } from './layouts/layout.ts';

/** The interpreters of a process: nearly always one. */
export interface Interpreters {
  /** Addresses of PyInterpreterState, newest first; of _PyRuntime alone where the collector's state is one for all. */
  readonly holders: readonly number[];
  /** Of the collector's state in each of them; undefined up to 3.6, where only symbols tell. */
  readonly gcOffset: number | undefined;
}

const maxInterpreters = 64;

/** Throws `unsupported` when the runtime's table of offsets is not the version's, `busy` while Python starts, `gone`. */
export function findInterpreters(memory: ProcessMemory, image: PythonImage, { runtime, version }: CpythonLayout) {
  return 'symbols' in runtime
    ? { holders: [], gcOffset: undefined }
    : listInterpreters(memory, image.symbols.get('_PyRuntime'), version, runtime);
}

function listInterpreters(
  memory: ProcessMemory,
  runtimeAddress: number | undefined,
  version: string,
  runtime: FixedRuntime | DebugOffsets,
): Interpreters {
  if (runtimeAddress === undefined) throw unsupportedBuild('CPython', 'it has no _PyRuntime');
  if ('gcOffset' in runtime && runtime.gcHolder === 'runtime') {
    return { holders: [runtimeAddress], gcOffset: runtime.gcOffset };
  }
  const { head, next, gc } =
    'gcWord' in runtime ? debugOffsets(memory, runtimeAddress, version, runtime) : fixed(runtime);
  const holders: number[] = [];
  let interpreter = memory.readWord(runtimeAddress + head);
  if (interpreter === undefined) throw vanished(memory);
  while (interpreter !== undefined && interpreter !== 0 && holders.length < maxInterpreters) {
    holders.push(interpreter);
    interpreter = memory.readWord(interpreter + next);
  }
  if (holders.length === 0) throw new ReadFailure('busy', 'this Python has no interpreter yet: it is just starting');
  return { holders, gcOffset: gc };
}

function fixed(runtime: FixedRuntime) {
  return { head: runtime.interpretersHead, next: runtime.interpreterNext, gc: runtime.gcOffset };
}

/** struct _Py_DebugOffsets of Include/internal/pycore_debug_offsets.h: cookie, version, free_threaded, ... */
function debugOffsets(memory: ProcessMemory, runtimeAddress: number, version: string, words: DebugOffsets) {
  const bytes = Buffer.alloc(8 * 16);
  if (memory.read(runtimeAddress, bytes, 0, bytes.length) < bytes.length) throw vanished(memory);
  if (bytes.toString('latin1', 0, 8) !== 'xdebugpy') {
    throw unsupportedBuild('CPython', 'the debug offsets at the start of _PyRuntime are missing');
  }
  const hexVersion = bytes.readUInt32LE(8); // 0x030d05f0 is 3.13.5
  if (`${hexVersion >>> 24}.${(hexVersion >>> 16) & 0xff}` !== version) {
    throw unsupportedBuild('CPython', 'its debug offsets are those of another version');
  }
  if (bytes.readUInt32LE(16) !== 0) {
    throw new ReadFailure(
      'unsupported',
      `this is a free-threaded build (python${version}t), which heapwatch does not read yet: its heap is laid out ` +
        `otherwise. The ordinary build, python${version}, is read`,
    );
  }
  const word = (index: number) => bytes.readUInt32LE(index * 8);
  return { head: word(words.interpretersHeadWord), next: word(words.interpreterNextWord), gc: word(words.gcWord) };
}
