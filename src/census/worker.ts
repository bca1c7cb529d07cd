import { parentPort } from 'node:worker_threads';
import type { AbortFlag, Census } from '../model/census.ts';
import { type Failure, ReadFailure } from '../model/failure.ts';
import type { ProcessRef, RuntimeName } from '../model/target.ts';
import { runtimes } from '../runtimes/index.ts';

/** To the worker. */
export interface CensusRequest {
  readonly id: number;
  readonly process: ProcessRef;
  readonly runtime: RuntimeName;
  readonly abort: AbortFlag;
}

/** From the worker: one of the two. */
export interface CensusReply {
  readonly id: number;
  readonly census?: Census;
  readonly failure?: Failure;
}

parentPort?.on('message', (request: CensusRequest) => {
  parentPort?.postMessage(answer(request));
});

function answer({ id, process, runtime: name, abort }: CensusRequest): CensusReply {
  try {
    const runtime = runtimes.find((candidate) => candidate.name === name);
    if (runtime === undefined) throw new Error(`no runtime is called ${name}`);
    return { id, census: runtime.census(process, abort) };
  } catch (error) {
    // An Error loses its own fields on the way between threads.
    if (error instanceof ReadFailure) return { id, failure: { kind: error.kind, message: error.message } };
    return { id, failure: { kind: 'unreadable', message: `the census failed: ${(error as Error).stack ?? error}` } };
  }
}
