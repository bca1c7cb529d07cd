import type { Random } from './random.ts';

/** One parser, or a row of them, under hostile input. */
export interface Subject {
  readonly name: string;
  /** How many of a thousand cases are its. */
  readonly share: number;
  /** The most that one case may allocate in buffers, and may ask for in one read. */
  readonly mostBytes: number;
  /** How long one case may take; a second when nothing is said. */
  readonly mostMs?: number;
  /** Makes one hostile input; the function that comes back is measured and must end as a parser may. */
  prepare(random: Random): () => unknown;
}
