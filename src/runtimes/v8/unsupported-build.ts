import { ReadFailure } from '../../model/failure.ts';

/** A self-check failed: this build's structures are not where its version has them. */
export function unsupportedBuild(why: string): ReadFailure {
  return new ReadFailure('unsupported', `this build of Node.js is not one that heapwatch can read: ${why}`);
}
