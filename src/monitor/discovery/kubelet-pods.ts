import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { ReadFailure } from '../../model/failure.ts';
import type { KubernetesIdentity } from '../../model/target.ts';
import type { Clock } from '../clock.ts';
import { createFailureReport } from '../failure-report.ts';
import type { Logger } from '../logger.ts';
import { parsePodList } from './pod-list.ts';

/** Where a pod finds the token and the certificates that its service account has. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const DEADLINE_MS = 10_000;
/** A node of 500 pods lists 10 MB. */
const MOST_BYTES = 64 * 1024 * 1024;
/** The list is large and new containers are few. */
const ASK_AGAIN_SECONDS = 30;

export interface KubeletOptions {
  /** `https://10.0.0.7:10250`; over http, as on the read-only port, no token is sent. */
  readonly url: string;
  /** Not to check the kubelet's certificate, which many clusters let it sign itself. */
  readonly insecureTls?: boolean;
  readonly serviceAccountPath?: string;
  readonly clock: Pick<Clock, 'elapsedSeconds'>;
  readonly logger: Logger;
}

/** The names of the node's containers, as its kubelet lists them. */
export interface KubeletPods {
  /** Undefined also for one that the list does not have yet: it is asked for then, for the next time. */
  find(containerId: string): KubernetesIdentity | undefined;
}

/**
 * Asks the kubelet (GET /pods, port 10250) when a container is looked for that is not in its last list. That takes a token
 * that may `get` nodes/pods, which Kubernetes 1.33 began to tell from all else that a kubelet does
 * (KubeletFineGrainedAuthz). Asks nothing until then; a kubelet that does not answer is logged once.
 */
export function createKubeletPods(options: KubeletOptions): KubeletPods {
  const { url, clock, logger } = options;
  const report = createFailureReport(logger, 'asking the kubelet for its pods', { kubelet: url });
  let names: ReadonlyMap<string, KubernetesIdentity> = new Map();
  let askAgainAtSeconds = Number.NEGATIVE_INFINITY;

  async function ask(): Promise<void> {
    try {
      names = parsePodList(await fetchPods(options));
      report.worked();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report.failed(new ReadFailure('unreadable', reason));
    }
  }

  return {
    find(containerId) {
      const found = names.get(containerId);
      if (found === undefined && clock.elapsedSeconds() >= askAgainAtSeconds) {
        askAgainAtSeconds = clock.elapsedSeconds() + ASK_AGAIN_SECONDS;
        void ask();
      }
      return found;
    },
  };
}

function fetchPods(options: KubeletOptions): Promise<string> {
  const { url, insecureTls = false, serviceAccountPath = SERVICE_ACCOUNT } = options;
  const address = new URL('/pods', url);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => readBody(response).then(resolve, reject);
    const request =
      address.protocol === 'https:'
        ? requestHttps(address, { ...credentials(serviceAccountPath, insecureTls), signal, agent: false }, answered)
        : requestHttp(address, { signal, agent: false }, answered);
    request.on('error', reject).end();
  });
}

/** Read each time: Kubernetes replaces both. */
function credentials(folder: string, insecureTls: boolean) {
  const headers = { authorization: `Bearer ${readFileSync(`${folder}/token`, 'utf8').trim()}` };
  return insecureTls ? { headers, rejectUnauthorized: false } : { headers, ca: readFileSync(`${folder}/ca.crt`) };
}

async function readBody(response: IncomingMessage): Promise<string> {
  if (response.statusCode !== 200) {
    response.destroy();
    const advice =
      response.statusCode === 401 || response.statusCode === 403
        ? '; the service account needs the right to get nodes/pods (Kubernetes 1.33 or newer)'
        : '';
    throw new Error(`it answered ${response.statusCode}${advice}`);
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`its list is larger than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
