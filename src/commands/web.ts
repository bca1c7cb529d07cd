import type { FastifyServerOptions } from 'fastify';
import { followWebConfig } from '../config/web-config/live-web-config.ts';
import type { UsableWebConfig } from '../config/web-config/read-web-config.ts';
import { noWebConfig, type WebConfig } from '../config/web-config/web-config.ts';
import { createAuthenticator } from '../server/access/authenticator.ts';
import type { WebAccess } from '../server/access/gate.ts';
import { createPasswordCheck } from '../server/access/password-check.ts';
import { createWebListeners } from '../server/listening/web-listeners.ts';
import type { Logger } from './log.ts';

/** What a server needs to answer as the web configuration says, and goes on to say. */
export interface Web {
  readonly options: Pick<FastifyServerOptions, 'serverFactory' | 'bodyLimit'>;
  readonly access: WebAccess;
  close(): Promise<void>;
}

export function openWeb(file: UsableWebConfig | undefined, log: Logger): Web {
  const initial = file?.config ?? noWebConfig;
  const listeners = createWebListeners(initial, (address, reason) => {
    log.debug({ address, reason }, 'a client was disconnected');
  });
  const check = createPasswordCheck();
  function adopt(config: WebConfig): void {
    listeners.adopt(config);
    warnOfPlainPasswords(config, log);
  }
  warnOfPlainPasswords(initial, log);
  const live = file && followWebConfig(file, adopt, log);
  return {
    options: listeners.options,
    access: {
      config: () => live?.current() ?? noWebConfig,
      authenticator: createAuthenticator(check),
      ...(live && { state: live.state }),
    },
    async close() {
      live?.close();
      await check.close();
    },
  };
}

function warnOfPlainPasswords({ users, tls }: WebConfig, log: Logger): void {
  if (users.size === 0 || tls !== undefined) return;
  log.warn('passwords cross the network readable by all: add tls_server_config to the web configuration');
}
