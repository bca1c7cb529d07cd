import { absentOnFailure, ReadFailure } from '../model/failure.ts';
import { readSmallFile } from './small-file.ts';

/**
 * Yama's ptrace_scope, kernel document admin-guide/LSM/Yama: 0 leaves the kernel's own rules, 1 asks for SYS_PTRACE unless
 * the reader is an ancestor, 2 asks for it always, 3 forbids reading memory to everyone until the next boot.
 */
export type PtraceScope = 0 | 1 | 2 | 3;

/** Undefined where the kernel has no Yama. Throws `unreadable` for another text. */
export function readPtraceScope(procfsPath: string): PtraceScope | undefined {
  const text = absentOnFailure(() => readSmallFile(`${procfsPath}/sys/kernel/yama/ptrace_scope`));
  if (text === undefined) return undefined;
  const scope = ([0, 1, 2, 3] as const).find((candidate) => String(candidate) === text.trim());
  if (scope === undefined) throw new ReadFailure('unreadable', `Yama's ptrace_scope is ${JSON.stringify(text)}`);
  return scope;
}
