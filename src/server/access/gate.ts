import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noWebConfig, type WebConfig } from '../../config/web-config/web-config.ts';
import type { WebConfigState } from '../../model/snapshot.ts';
import type { Authenticator } from './authenticator.ts';
import { parseBasicCredentials } from './basic-credentials.ts';
import { createClientTable } from './client-table.ts';
import { refuse } from './refusal.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { TokenBucket } from './token-bucket.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers also those without a password, and however often it is asked: it costs nothing and tells nothing. */
    readonly open?: true;
    /** An answer that goes on for as long as it is read. */
    readonly endless?: true;
  }
}

/** What has been configured of the web, and the means to check it. */
export interface WebAccess {
  /** As of now: the file may change while we run. */
  config(): WebConfig;
  readonly authenticator: Authenticator;
  /** Whether that is what the file says; without one there is no file. */
  state?(): WebConfigState;
}

/** Without a configuration. */
export const everybody: WebAccess = {
  config: () => noWebConfig,
  authenticator: { authenticate: async () => 'wrong' },
};

/** Each may hold a page of some MB until it has been read. */
const MOST_ANSWERS_OF_ONE = 8;
const MOST_ANSWERS = 32;
/** Of our event loop for one client, in the long run: a scrape in every second of all that we export takes a tenth. */
const BUSY_SHARE = 0.5;
const BUSY_SECONDS = 10;
/** Wrong passwords of one client, and right ones that are new to us. */
const MOST_ATTEMPTS = 10;
const ATTEMPTS_PER_SECOND = 0.5;

/** What one client has and may have of us, so that nobody keeps the others out. */
interface Client {
  /** Requests that are not answered yet, or whose answer has not been read. */
  answers: number;
  /** Seconds of our time. */
  readonly time: TokenBucket;
  /** Passwords to be checked. */
  readonly attempts: TokenBucket;
}

/**
 * Lets nobody in who may not come in, nor anybody so often that others wait: hooks for all routes of a server, those that
 * there are not included.
 */
export function addGate(server: FastifyInstance, { config, authenticator }: WebAccess): void {
  const clientOf = createClientTable<Client>(
    () => ({
      answers: 0,
      time: new TokenBucket(BUSY_SECONDS, BUSY_SHARE, elapsedSeconds()),
      attempts: new TokenBucket(MOST_ATTEMPTS, ATTEMPTS_PER_SECOND, elapsedSeconds()),
    }),
    ({ answers }) => answers > 0,
  );
  const began = new WeakMap<FastifyRequest, number>();
  const configuredLimit = createConfiguredLimit(config);
  let answers = 0;

  /** Counts an answer until it has been read, or nobody is there to read it. */
  function begin(client: Client, reply: FastifyReply): void {
    answers++;
    client.answers++;
    reply.raw.once('close', () => {
      answers--;
      client.answers--;
    });
  }

  function waitSeconds(client: Client): number {
    if (client.answers >= MOST_ANSWERS_OF_ONE || answers >= MOST_ANSWERS) return 1;
    return client.time.secondsUntil(0, elapsedSeconds());
  }

  function mayTry({ attempts }: Client): boolean {
    return attempts.take(1, elapsedSeconds()) === 0;
  }

  server.addHook('onRequest', async (request, reply) => {
    const { users } = config();
    setSecurityHeaders(reply.raw, config());
    const { open, endless } = request.routeOptions.config ?? {};
    if (open) return;
    const client = clientOf(request.ip ?? '');
    const wait = Math.max(configuredLimit(), waitSeconds(client));
    if (wait > 0) return refuseForNow(request, reply, wait, 'too many requests, or too dear ones: ask less often');
    if (!endless) begin(client, reply);
    if (users.size === 0) return;
    const credentials = parseBasicCredentials(request.headers.authorization);
    const outcome = credentials && (await authenticator.authenticate(credentials, users, () => mayTry(client)));
    if (outcome === 'right') return;
    if (outcome === 'later')
      return refuseForNow(request, reply, 2, 'too many passwords have been tried: wait a little');
    reply.header('www-authenticate', 'Basic realm="heapwatch", charset="UTF-8"');
    return refuse(request, reply, 401, 'a name and a password are needed here, see --web.config.file\n');
  });

  server.addHook('preHandler', async (request) => {
    began.set(request, elapsedSeconds());
  });

  server.addHook('onSend', async (request) => {
    const beganAt = began.get(request);
    if (beganAt === undefined) return;
    // What took longer was not the client's doing: we were stopped meanwhile.
    const seconds = Math.min(elapsedSeconds() - beganAt, BUSY_SECONDS / 2);
    clientOf(request.ip ?? '').time.spend(seconds, elapsedSeconds());
  });
}

function refuseForNow(request: FastifyRequest, reply: FastifyReply, seconds: number, message: string): FastifyReply {
  reply.header('retry-after', String(Math.ceil(seconds)));
  return refuse(request, reply, 429, `${message}\n`);
}

/** The bucket of `rate_limit`, for all clients together: answers how long to wait, 0 for a request that may pass. */
function createConfiguredLimit(config: () => WebConfig): () => number {
  let limit: WebConfig['rateLimit'];
  let bucket: TokenBucket | undefined;
  return () => {
    const { rateLimit } = config();
    if (rateLimit !== limit) {
      limit = rateLimit;
      bucket = rateLimit && new TokenBucket(rateLimit.burst, 1 / rateLimit.intervalSeconds, elapsedSeconds());
    }
    return bucket?.take(1, elapsedSeconds()) ?? 0;
  };
}

function elapsedSeconds(): number {
  return performance.now() / 1000;
}
