const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread: for a moment only, where another process has to get on. */
export function pause(milliseconds: number): void {
  Atomics.wait(nobody, 0, 0, milliseconds);
}
