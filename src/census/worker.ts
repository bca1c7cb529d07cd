import { parentPort } from 'node:worker_threads';
import type { AbortFlag, Census } from '../model/census.ts';
import { type Failure, ReadFailure } from '../model/failure.ts';
import type { OptIns } from '../model/opt-ins.ts';
import type { ProcessRef, RuntimeName } from '../model/target.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { takeCensus } from '../runtimes/take-census.ts';

/** To the worker. */
export interface CensusRequest {
  readonly id: number;
  readonly process: ProcessRef;
  readonly runtime: RuntimeName;
  readonly abort: AbortFlag;
  readonly optIns: OptIns;
}

/** From the worker: one of the two. */
export interface CensusReply {
  readonly id: number;
  readonly census?: Census;
  readonly failure?: Failure;
}

/** Loaded when first needed: a service that watches itself starts a worker for each census, and has one runtime. */
const loadRuntime: Readonly<Record<RuntimeName, () => Promise<Runtime>>> = {
  cpython: async () => (await import('../runtimes/cpython/index.ts')).cpython,
  nodejs: async () => (await import('../runtimes/v8/index.ts')).v8,
  jvm: async () => (await import('../runtimes/hotspot/index.ts')).hotspot,
};

parentPort?.on('message', async (request: CensusRequest) => {
  parentPort?.postMessage(await answer(request));
});

async function answer({ id, process, runtime: name, abort, optIns }: CensusRequest): Promise<CensusReply> {
  try {
    const runtime = await loadRuntime[name]();
    return { id, census: await takeCensus(runtime, process, abort, optIns) };
  } catch (error) {
    // An Error loses its own fields on the way between threads.
    if (error instanceof ReadFailure) return { id, failure: { kind: error.kind, message: error.message } };
    return { id, failure: { kind: 'unreadable', message: `the census failed: ${(error as Error).stack ?? error}` } };
  }
}
