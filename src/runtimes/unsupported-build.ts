import { ReadFailure } from '../model/failure.ts';

/** A self-check failed: the structures of this build of a runtime are not where its version has them. */
export function unsupportedBuild(runtime: 'CPython' | 'Node.js', why: string): ReadFailure {
  return new ReadFailure('unsupported', `this build of ${runtime} is not one that heapwatch can read: ${why}`);
}
