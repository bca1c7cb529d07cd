import { isError, memoryErrorOf, redact } from './log-errors.ts';
import { logText } from './log-line.ts';

/** Lines about something that failed, the oldest first. */
export interface LogErrors {
  readonly lines: readonly string[];
  /** Memory errors by kind. */
  readonly memoryErrors: Readonly<Record<string, number>>;
}

/** Keeps of a log, line by line, what tells of failures, redacted. */
export interface LogSieve {
  /** Answers the kind of memory error that the line tells of. */
  add(line: string, nowSeconds: number): string | undefined;
  /** What was added in the last `seconds`. */
  errors(nowSeconds: number, seconds: number): LogErrors;
}

/** What is kept of a program that logs nothing but errors. */
const MOST_LINES = 200;
/** Lines after an error that belong to it: a stack. */
const STACK_LINES = 12;
const STACK_LINE = /^(?:\s|at |Caused by:|\.\.\. )/;
const CAUSE_LINE = /^Caused by:/;

interface KeptLine {
  readonly atSeconds: number;
  readonly text: string;
  /** Of the memory error that is told here for the first time. */
  readonly kind: string | undefined;
}

export function createLogSieve(): LogSieve {
  let kept: KeptLine[] = [];
  let stackLines = 0;
  /** Of the error that the stack belongs to. */
  let stackKind: string | undefined;

  /** A stack shows the error's name once more, in a line of the program's source or as a cause. */
  function newKind(text: string, isStack: boolean): string | undefined {
    if (isStack && (stackKind !== undefined || !CAUSE_LINE.test(text))) return undefined;
    stackKind = memoryErrorOf(text);
    return stackKind;
  }

  return {
    add(line, nowSeconds) {
      const text = logText(line);
      const isStack = stackLines > 0 && STACK_LINE.test(text);
      if (isError(text)) stackLines = STACK_LINES;
      else if (isStack) stackLines--;
      else {
        stackLines = 0;
        return undefined;
      }
      const kind = newKind(text, isStack);
      kept.push({ atSeconds: nowSeconds, text: redact(text), kind });
      if (kept.length >= 2 * MOST_LINES) kept = kept.slice(-MOST_LINES);
      return kind;
    },
    errors(nowSeconds, seconds) {
      const recent = kept.slice(-MOST_LINES).filter(({ atSeconds }) => atSeconds + seconds >= nowSeconds);
      return { lines: recent.map(({ text }) => text), memoryErrors: countKinds(recent.map(({ kind }) => kind)) };
    },
  };
}

export function countKinds(kinds: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
