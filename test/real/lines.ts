import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A stream's lines, each taken once, with a deadline instead of a sleep. */
export class Lines {
  readonly seen: string[] = [];
  private taken = 0;
  private ended = false;
  private wake: () => void = () => undefined;

  constructor(stream: Readable) {
    const lines = createInterface({ input: stream });
    lines.on('line', (line) => {
      this.seen.push(line);
      this.wake();
    });
    lines.on('close', () => {
      this.ended = true;
      this.wake();
    });
  }

  /** The next line that matches; those before it are passed over. Throws when the stream ends or the time is up. */
  async next(matches: (line: string) => boolean, deadlineMs: number, what: string): Promise<string> {
    const until = Date.now() + deadlineMs;
    for (;;) {
      while (this.taken < this.seen.length) {
        const line = this.seen[this.taken++] ?? '';
        if (matches(line)) return line;
      }
      const why = this.ended ? 'the stream ended' : Date.now() >= until ? `${deadlineMs} ms passed` : undefined;
      if (why) throw new Error(`waited for ${what}, but ${why}; seen:\n${this.seen.slice(-20).join('\n')}`);
      await this.change(until - Date.now());
    }
  }

  private change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
