/** What may be spent: `perSecond` comes in, and no more than `most` is kept. Times are seconds of one clock. */
export class TokenBucket {
  readonly #most: number;
  readonly #perSecond: number;
  #level: number;
  #atSeconds: number;

  constructor(most: number, perSecond: number, nowSeconds: number) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#level = most;
    this.#atSeconds = nowSeconds;
  }

  /** How long it takes until there is so much; 0 when there is. */
  secondsUntil(amount: number, nowSeconds: number): number {
    this.#fill(nowSeconds);
    return Math.max(0, (amount - this.#level) / this.#perSecond);
  }

  /** Spends so much when there is; answers as `secondsUntil`, 0 when it was spent. */
  take(amount: number, nowSeconds: number): number {
    const wait = this.secondsUntil(amount, nowSeconds);
    if (wait === 0) this.#level -= amount;
    return wait;
  }

  /** What was spent may have been more than there was: then it has to come in first. */
  spend(amount: number, nowSeconds: number): void {
    this.#fill(nowSeconds);
    this.#level -= amount;
  }

  #fill(nowSeconds: number): void {
    this.#level = Math.min(this.#most, this.#level + (nowSeconds - this.#atSeconds) * this.#perSecond);
    this.#atSeconds = nowSeconds;
  }
}
