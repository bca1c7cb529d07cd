import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until an answer comes; throws with the last error when the time is up. */
export async function until<Answer>(
  what: string,
  deadlineMs: number,
  look: () => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer> {
  const deadline = Date.now() + deadlineMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await look();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    await pause(50);
  }
  throw new Error(`${what}: not in ${deadlineMs} ms`, { cause: last });
}
