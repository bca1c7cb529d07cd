/**
 * Why something of a target cannot be read:
 * `gone` it ended or is another process now; `denied` the kernel forbids it; `unsupported` a version or build that we
 * do not know; `unreadable` what was read contradicts itself; `busy` it changes faster than it can be read: try again.
 */
export type FailureKind = 'gone' | 'denied' | 'unsupported' | 'unreadable' | 'busy';

export interface Failure {
  readonly kind: FailureKind;
  /** For a person: what is wrong and what to do about it. */
  readonly message: string;
}

/** The one error that readers throw on purpose; anything else is a bug of ours. The only code in `model/` is here. */
export class ReadFailure extends Error implements Failure {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReadFailure';
    this.kind = kind;
  }
}

/** For what is not known when it cannot be read: undefined then. What is no `ReadFailure` is thrown on. */
export function absentOnFailure<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReadFailure) return undefined;
    throw error;
  }
}
