import { type Failure, ReadFailure } from '../model/failure.ts';
import type { Logger } from './logger.ts';

/** A failure as data; what is no `ReadFailure` is a bug of ours and says so. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ReadFailure) return { kind: error.kind, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'unreadable', message: `heapwatch itself failed, please report this: ${message}` };
}

/** Logs once when something begins to fail, when it fails for another kind of reason, and when it works again. */
export interface FailureReport {
  failed(error: unknown): void;
  worked(): void;
}

export function createFailureReport(logger: Logger, what: string, fields: object): FailureReport {
  let reported: string | undefined;
  return {
    failed(error) {
      const bug = !(error instanceof ReadFailure);
      const kind = bug ? 'internal' : error.kind;
      if (kind === reported) return;
      reported = kind;
      // A stack is for bugs; a reason in words is for everything else.
      if (bug) logger.error({ ...fields, err: error }, `${what} failed`);
      else logger.warn({ ...fields, kind }, `${what} failed: ${error.message}`);
    },
    worked() {
      if (reported !== undefined) logger.info(fields, `${what} works again`);
      reported = undefined;
    },
  };
}
