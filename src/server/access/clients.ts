import { networkOf } from './network.ts';
import { TokenBucket } from './token-bucket.ts';

/** Of our event loop, in the long run: a scrape in every second of all that we export takes a tenth. */
const BUSY_SHARE = 0.5;
const BUSY_SECONDS = 10;
/** Wrong passwords, and right ones that are new to us. */
const MOST_ATTEMPTS = 10;
const ATTEMPTS_PER_SECOND = 0.5;
/** Many more than may be connected at once; then the longest silent are forgotten. */
const MOST_CLIENTS = 4096;

/** What one client has and may have of us, so that nobody keeps the others out. */
export interface Client {
  /** Requests that are not answered yet, or whose answer has not been read. */
  answers: number;
  /** Seconds of our time. */
  readonly time: TokenBucket;
  /** Passwords to be checked. */
  readonly attempts: TokenBucket;
}

/**
 * Knows clients by their address: answers the one of an address, the same for all addresses of a network.
 *
 * @param now seconds of any clock that does not jump
 */
export function createClients(now: () => number): (address: string) => Client {
  const clients = new Map<string, Client>();

  function forgetOne(): void {
    for (const [name, { answers }] of clients) {
      if (answers > 0) continue;
      clients.delete(name);
      return;
    }
  }

  return (address) => {
    const name = networkOf(address);
    const client = clients.get(name) ?? {
      answers: 0,
      time: new TokenBucket(BUSY_SECONDS, BUSY_SHARE, now()),
      attempts: new TokenBucket(MOST_ATTEMPTS, ATTEMPTS_PER_SECOND, now()),
    };
    // The last in the order is the one that was heard last.
    clients.delete(name);
    if (clients.size >= MOST_CLIENTS) forgetOne();
    clients.set(name, client);
    return client;
  };
}
