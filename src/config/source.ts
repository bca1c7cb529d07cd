/** A text that was given for a setting, and where, so that a mistake names the place to mend. */
export interface Given {
  /** E.g. `--web.listen-address`, `HEAPWATCH_WEB_LISTEN_ADDRESS`, `heapwatch.yaml:3: web.listen-address`. */
  readonly origin: string;
  readonly text: string;
}

/** What one source (flags, environment, file) gives. */
export interface Source {
  /** By flag. More than one text for a list only; none for an empty list, which is not the same as nothing given. */
  readonly given: ReadonlyMap<string, readonly Given[]>;
  /** What is wrong besides the texts themselves: sentences that begin with their place. */
  readonly mistakes: readonly string[];
}

/** For messages: control characters made visible, long texts cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
