import type { AbortFlag, Census } from '../model/census.ts';
import { ReadFailure } from '../model/failure.ts';
import type { OptIns } from '../model/opt-ins.ts';
import type { ProcessRef, RuntimeName } from '../model/target.ts';
import type { Runtime } from './runtime.ts';

/** Has the process itself count its objects, which stops it meanwhile. Ends within 25 s; rejects with `ReadFailure`. */
type AskCensus = (process: ProcessRef) => Promise<Census>;

interface Asking {
  readonly optIn: keyof OptIns;
  load(): Promise<AskCensus>;
}

/** Not even loaded before the user has opted in. */
const askings: { readonly [Name in RuntimeName]?: Asking } = {
  nodejs: {
    optIn: 'nodejsInspector',
    load: async () => (await import('./v8/inspector/asked-census.ts')).askCensus,
  },
  jvm: {
    optIn: 'jvmAttach',
    load: async () => (await import('./hotspot/attach-protocol/asked-census.ts')).askCensus,
  },
};

/** A census: read, or else, where the heap cannot be read and the user has opted in, asked for. Rejects with `ReadFailure`. */
export async function takeCensus(
  runtime: Runtime,
  process: ProcessRef,
  abort: AbortFlag,
  optIns: OptIns,
): Promise<Census> {
  try {
    return runtime.census(process, abort);
  } catch (error) {
    const asking = askings[runtime.name];
    const cannotRead = error instanceof ReadFailure && error.kind === 'unsupported';
    if (!cannotRead || asking === undefined || optIns[asking.optIn] !== true) throw error;
    const askCensus = await asking.load();
    return await askCensus(process).catch((refusal: unknown) => {
      if (!(refusal instanceof ReadFailure) || refusal.kind === 'gone') throw refusal;
      throw new ReadFailure(refusal.kind, `${error.message}; ${refusal.message}`, { cause: refusal });
    });
  }
}
