import { unwatchFile, watchFile } from 'node:fs';
import type { WebConfigState } from '../../model/snapshot.ts';
import { readWebConfig, type UsableWebConfig } from './read-web-config.ts';
import type { WebConfig } from './web-config.ts';

/** How often files are looked at, and how long they have to be still: a certificate and its key are two files. */
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
  let watched: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;

  function reload(): void {
    const read = readWebConfig(initial.path);
    watch(read.files);
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

  function changed(): void {
    clearTimeout(timer);
    timer = setTimeout(reload, lookMs).unref();
  }

  function watch(files: readonly string[]): void {
    for (const file of watched) if (!files.includes(file)) unwatchFile(file, changed);
    // By its status, not by inotify: what Kubernetes mounts are links to links that are replaced.
    for (const file of files)
      if (!watched.includes(file)) watchFile(file, { interval: lookMs, persistent: false }, changed);
    watched = files;
  }

  watch(initial.files);
  return {
    current: () => current,
    state: () => state,
    close() {
      clearTimeout(timer);
      watch([]);
    },
  };
}

/** A listening socket either speaks TLS or does not, and what it asks of clients is fixed with it. */
function restartNeeds(before: WebConfig, after: WebConfig): string[] {
  if ((before.tls === undefined) !== (after.tls === undefined)) {
    return ['tls_server_config is switched on or off by a restart'];
  }
  return before.tls?.clientAuth === after.tls?.clientAuth ? [] : ['client_auth_type is changed by a restart'];
}
