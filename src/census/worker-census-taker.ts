import { Worker } from 'node:worker_threads';
import type { AbortFlag, Census } from '../model/census.ts';
import { ReadFailure } from '../model/failure.ts';
import type { OptIns } from '../model/opt-ins.ts';
import type { ProcessRef, RuntimeName } from '../model/target.ts';
import type { CensusTaker } from './census-taker.ts';
import type { CensusReply, CensusRequest } from './worker.ts';

/** How long a worker may take to notice the abort flag before it is ended. */
const graceMs = 2000;
/**
 * Most of a census is outside V8's heap; a hostile target that makes it grow ends the worker, not us. A larger new generation
 * would only fill up with the garbage of one census after the other: 30 MB more in 100 of them, and none the faster.
 */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 };

interface Job {
  readonly request: CensusRequest;
  readonly deadlineMs: number;
  readonly resolve: (census: Census) => void;
  readonly reject: (failure: ReadFailure) => void;
}

export interface CensusTakerOptions {
  /**
   * In a process that has other work: not even a running census keeps it from ending, and between two of them there is no
   * worker, which would hold some 20 MiB.
   */
  readonly asGuest?: boolean;
  /** Of the user; without any every process is only read. */
  readonly optIns?: OptIns;
}

/** Takes censuses in one worker thread, which is started with the first and replaced when it fails. */
export function startCensusTaker({ asGuest = false, optIns = {} }: CensusTakerOptions = {}): CensusTaker {
  const waiting: Job[] = [];
  let worker: Worker | undefined;
  let running: Job | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastId = 0;
  let closed = false;

  function runNext(): void {
    if (running !== undefined || closed) return;
    running = waiting.shift();
    if (running === undefined) {
      if (asGuest) void endWorker();
      else worker?.unref();
      return;
    }
    try {
      worker ??= startWorker();
      if (asGuest) worker.unref();
      else worker.ref();
      timer = startTimer(passDeadline, running.deadlineMs);
      worker.postMessage(running.request);
    } catch (error) {
      // No thread can be had just now: EAGAIN, under a limit of processes.
      finish({ failure: { kind: 'busy', message: `the census worker did not start: ${(error as Error).message}` } });
    }
  }

  function startWorker(): Worker {
    // What a service preloads (--import, NODE_OPTIONS) is for its own threads.
    const started = new Worker(new URL('./worker.js', import.meta.url), { resourceLimits, execArgv: [], env: {} });
    started.on('message', (reply: CensusReply) => {
      if (reply.id === running?.request.id) finish(reply);
    });
    started.on('error', (error) => replaceWorker(started, `the census worker failed: ${error.message}`));
    started.on('exit', () => replaceWorker(started, 'the census worker ended'));
    return started;
  }

  function finish({ census, failure }: Omit<CensusReply, 'id'>): void {
    const job = running;
    clearTimeout(timer);
    running = undefined;
    if (census !== undefined) job?.resolve(census);
    else
      job?.reject(new ReadFailure(failure?.kind ?? 'unreadable', failure?.message ?? 'the census worker sent nothing'));
    runNext();
  }

  function passDeadline(): void {
    if (running === undefined) return;
    Atomics.store(running.request.abort, 0, 1);
    const late = worker;
    timer = startTimer(() => late && replaceWorker(late, 'the census did not stop at its deadline'), graceMs);
  }

  function startTimer(run: () => void, ms: number): NodeJS.Timeout {
    const started = setTimeout(run, ms);
    return asGuest ? started.unref() : started;
  }

  function endWorker(): Promise<unknown> {
    const last = worker;
    worker = undefined;
    return last?.terminate() ?? Promise.resolve();
  }

  function replaceWorker(old: Worker, message: string): void {
    if (worker !== old) return;
    worker = undefined;
    void old.terminate();
    if (running !== undefined) finish({ failure: { kind: 'busy', message } });
  }

  return {
    take(process: ProcessRef, runtime: RuntimeName, deadlineMs: number): Promise<Census> {
      if (closed) return Promise.reject(new ReadFailure('busy', 'heapwatch is stopping'));
      const abort: AbortFlag = new Int32Array(new SharedArrayBuffer(4));
      return new Promise((resolve, reject) => {
        waiting.push({ request: { id: ++lastId, process, runtime, abort, optIns }, deadlineMs, resolve, reject });
        runNext();
      });
    },
    rest() {
      if (running === undefined) void endWorker();
    },
    async close(): Promise<void> {
      if (closed) return;
      closed = true;
      clearTimeout(timer);
      const jobs = running === undefined ? waiting : [running, ...waiting];
      running = undefined;
      for (const job of jobs.splice(0)) job.reject(new ReadFailure('busy', 'heapwatch is stopping'));
      await endWorker();
    },
  };
}
