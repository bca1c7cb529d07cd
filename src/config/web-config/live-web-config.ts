import type { WebConfigState } from '../../model/snapshot.ts';
import { fileStatus } from './file-status.ts';
import { readWebConfig, type UsableWebConfig } from './read-web-config.ts';
import type { WebConfig } from './web-config.ts';

/** How often four files or so are looked at. */
const LOOK_MS = 1000;

/** Where it is said what became of a change. */
interface Log {
  info(message: string): void;
  error(message: string): void;
}

/** A web configuration that follows its files. */
export interface LiveWebConfig {
  current(): WebConfig;
  state(): WebConfigState;
  close(): void;
}

/**
 * Reads the configuration again when it or a certificate that it names has changed, and calls `adopt` with it. One that
 * cannot be used changes nothing, and is said in the log and in `state`.
 */
export function followWebConfig(
  initial: UsableWebConfig,
  adopt: (config: WebConfig) => void,
  log: Log,
  lookMs = LOOK_MS,
): LiveWebConfig {
  let current = initial.config;
  let state: WebConfigState = { isCurrent: true, loadedAtSeconds: Date.now() / 1000 };
  let { files } = initial;
  let changing: string | undefined;

  function reload(): void {
    const read = readWebConfig(initial.path);
    files = read.files;
    const mistakes = read.ok ? restartNeeds(current, read.config) : read.mistakes;
    if (!read.ok || mistakes.length > 0) {
      state = { ...state, isCurrent: false };
      log.error(`the web configuration has changed and cannot be used, the former one stays: ${mistakes.join('; ')}`);
      return;
    }
    current = read.config;
    state = { isCurrent: true, loadedAtSeconds: Date.now() / 1000 };
    adopt(current);
    log.info('the web configuration has changed and is in use');
  }

  /** A change counts once nothing changes any more: a certificate and its key are two files. */
  function look(): void {
    const before = changing;
    changing = undefined;
    const now = [...files.keys()].map(fileStatus).join();
    if (now === [...files.values()].join()) return;
    if (now === before) reload();
    else changing = now;
  }

  const timer = setInterval(look, lookMs).unref();
  return { current: () => current, state: () => state, close: () => clearInterval(timer) };
}

/** A listening socket either speaks TLS or does not, and what it asks of clients is fixed with it. */
function restartNeeds(before: WebConfig, after: WebConfig): string[] {
  if ((before.tls === undefined) !== (after.tls === undefined)) {
    return ['tls_server_config is switched on or off by a restart'];
  }
  return before.tls?.clientAuth === after.tls?.clientAuth ? [] : ['client_auth_type is changed by a restart'];
}
