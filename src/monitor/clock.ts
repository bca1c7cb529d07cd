/** The monitor's only source of time, so that tests run hours in a moment. */
export interface Clock {
  /** Unix time. */
  nowSeconds(): number;
  /** For durations: never set back. */
  elapsedSeconds(): number;
  /** Runs once after a time; the answer cancels it. Does not keep the process alive. */
  after(seconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  nowSeconds: () => Date.now() / 1000,
  elapsedSeconds: () => performance.now() / 1000,
  after(seconds, run) {
    const timer = setTimeout(run, seconds * 1000).unref();
    return () => clearTimeout(timer);
  },
};
