import type { Mapping } from '../../../memory/mappings.ts';
import { ReadFailure } from '../../../model/failure.ts';
import type { ProcessRef } from '../../../model/target.ts';
import { unlessStarting } from '../../starting.ts';

/** Alpine's /lib/ld-musl-x86_64.so.1, which is the C library too, and Debian's /usr/lib/x86_64-linux-musl/libc.so. */
const muslLibrary = /\/(?:ld-musl-[^/]+\.so\.1|[^/]+-linux-musl\/libc\.so)$/;

/** Throws `unsupported` where the C library is musl: what has more than 512 bytes lies in a malloc that we cannot walk. */
export function refuseMusl(mappings: readonly Mapping[]): void {
  if (!mappings.some((mapping) => muslLibrary.test(mapping.path))) return;
  throw new ReadFailure(
    'unsupported',
    "this Python is built with musl (Alpine Linux), whose malloc heapwatch does not read yet, so its objects can't be " +
      'counted in full. Collections and process memory are read; an image with glibc (python:3-slim) is read in full',
  );
}

/**
 * For objects that lie in no block that we know. Also when malloc seems to hold none at all: every Python keeps its
 * classes there, as a type object has more than 512 bytes.
 */
export function foreignAllocator(process: ProcessRef): ReadFailure {
  const refusal = new ReadFailure(
    'unsupported',
    "this Python's objects do not lie where its version has them; does it use an allocator of its own? " +
      "heapwatch reads pymalloc and glibc's malloc",
  );
  return unlessStarting(refusal, process);
}
