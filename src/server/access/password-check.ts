import { Worker } from 'node:worker_threads';
import type { PasswordQuestion } from './password-worker.ts';

/** At cost 10 the last of them waits for two seconds; who comes then has to come again. */
const MOST_WAITING = 32;
/** A hash of the highest cost takes three seconds on a machine that is not busy. */
const DEADLINE_MS = 60_000;

interface Job extends PasswordQuestion {
  readonly resolve: (isRight: boolean) => void;
  readonly reject: (error: Error) => void;
}

/** Compares passwords with bcrypt hashes. */
export interface PasswordCheck {
  /** Whether too many wait already. */
  isBusy(): boolean;
  /** Throws when no thread can be had. */
  isRight(question: PasswordQuestion): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Compares in a thread of its own, one at a time: bcrypt is made to take long, and the event loop has readings to take. The
 * thread ends when nobody waits, which is nearly always, as what was right once is remembered elsewhere.
 */
export function createPasswordCheck(workerUrl = new URL('./password-worker.js', import.meta.url)): PasswordCheck {
  const waiting: Job[] = [];
  let running: Job | undefined;
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;

  function runNext(): void {
    if (running !== undefined) return;
    running = waiting.shift();
    if (running === undefined) {
      void endWorker();
      return;
    }
    const { password, hash } = running;
    try {
      worker ??= startWorker();
      timer = setTimeout(() => fail(new Error(`a password took more than ${DEADLINE_MS} ms`)), DEADLINE_MS).unref();
      worker.postMessage({ password, hash } satisfies PasswordQuestion);
    } catch (error) {
      fail(error as Error);
    }
  }

  function startWorker(): Worker {
    const started = new Worker(workerUrl, { execArgv: [], env: {}, resourceLimits: { maxOldGenerationSizeMb: 32 } });
    started.on('message', (isRight: boolean) => {
      if (worker === started) finish((job) => job.resolve(isRight));
    });
    started.on('error', (error) => {
      if (worker === started) fail(error);
    });
    return started;
  }

  function finish(tell: (job: Job) => void): void {
    const job = running;
    running = undefined;
    clearTimeout(timer);
    if (job !== undefined) tell(job);
    runNext();
  }

  function fail(error: Error): void {
    void endWorker();
    finish((job) => job.reject(error));
  }

  async function endWorker(): Promise<void> {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  }

  return {
    isBusy: () => waiting.length >= MOST_WAITING,
    isRight: (question) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...question, resolve, reject });
        runNext();
      }),
    close: endWorker,
  };
}
