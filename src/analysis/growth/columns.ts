/** Columns of both pasts of a process: seconds since it was first seen, CPU seconds since then, loads, descriptors. */
export const TIME = 0;
export const WORK = 1;
export const LOADS: readonly number[] = [2, 3, 4];
export const FDS = 5;
export const SHARED_COLUMNS = 6;

/** Columns of the past of its vitals. */
export const FLOOR = SHARED_COLUMNS + 0;
export const NATIVE = SHARED_COLUMNS + 1;
export const GARBAGE = SHARED_COLUMNS + 2;
export const THREADS = SHARED_COLUMNS + 3;
/** JVM: what of it lives. */
export const METASPACE = SHARED_COLUMNS + 4;
export const VITALS_COLUMNS = SHARED_COLUMNS + 5;
