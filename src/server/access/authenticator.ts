import { createHmac, randomBytes } from 'node:crypto';
import type { Credentials } from './basic-credentials.ts';
import type { PasswordCheck } from './password-check.ts';

/** Passwords that were right, of which each user has one, and of those that were wrong. */
const MOST_REMEMBERED = 256;

/** `later`: it was not looked at, as there is too much to look at. */
export type Authentication = 'right' | 'wrong' | 'later';

export interface Authenticator {
  /** @param mayTry asked only when it takes bcrypt to know */
  authenticate(
    credentials: Credentials,
    users: ReadonlyMap<string, string>,
    mayTry: () => boolean,
  ): Promise<Authentication>;
}

/**
 * Compares credentials with bcrypt hashes, and remembers the outcome under a keyed digest: each scrape would cost 70 ms
 * otherwise. How long a look-up takes tells nothing, as nobody knows the key. Who guesses drives out other guesses only,
 * never what was right.
 */
export function createAuthenticator(check: PasswordCheck): Authenticator {
  const key = randomBytes(32);
  const right = new Set<string>();
  const wrong = new Set<string>();
  const asked = new Map<string, Promise<boolean>>();

  return {
    async authenticate({ user, password }, users, mayTry) {
      const known = users.get(user);
      // An unknown user costs what a known one does, or names could be told by the time: the first hash is compared in vain.
      const hash = known ?? users.values().next().value;
      if (hash === undefined) return 'wrong';
      const digest = createHmac('sha256', key)
        .update(JSON.stringify([user, known ?? null, password]))
        .digest('base64');
      if (right.has(digest)) return 'right';
      if (wrong.has(digest)) return 'wrong';
      if (!asked.has(digest) && (check.isBusy() || !mayTry())) return 'later';
      const answer = asked.get(digest) ?? check.isRight({ password, hash }).finally(() => asked.delete(digest));
      asked.set(digest, answer);
      const isRight = (await answer) && known !== undefined;
      remember(isRight ? right : wrong, digest);
      return isRight ? 'right' : 'wrong';
    },
  };
}

function remember(digests: Set<string>, digest: string): void {
  digests.add(digest);
  const oldest = digests.values().next().value;
  if (digests.size > MOST_REMEMBERED && oldest !== undefined) digests.delete(oldest);
}
