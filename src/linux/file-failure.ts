import { ReadFailure } from '../model/failure.ts';

/**
 * Turns an error of node:fs on a file of /proc or of a cgroup into a `ReadFailure`; anything that is not an error of the
 * file system is a bug and comes back as it was.
 */
export function fileFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ESRCH':
      return new ReadFailure('gone', `${path} is not there: the process has ended`, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new ReadFailure(
        'denied',
        `${path} may not be read: run heapwatch with the same user and group as the process, ` +
          'or as root with the capabilities SYS_PTRACE and DAC_READ_SEARCH',
        { cause: error },
      );
    default:
      return new ReadFailure('unreadable', `${path} cannot be read: ${error.message}`, { cause: error });
  }
}
