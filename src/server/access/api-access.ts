import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { isLoopbackRequest } from './loopback.ts';
import { refuse } from './refusal.ts';

/** Who sees the page and the API: those on this machine or with a password, everybody, or nobody. */
export type ApiAccess = 'auto' | 'on' | 'off';

const LOOPBACK_ONLY = `This answers on the machine itself only, because it names processes and types.
Open it at http://localhost:<port>/ there, or through a tunnel:
  ssh -L 10148:localhost:10148 <host>          or
  kubectl port-forward <pod> 10148
or start heapwatch with passwords (--web.config.file), or with --web.api=on to answer everybody.
`;

const SWITCHED_OFF = 'The page and the API are switched off: heapwatch runs with --web.api=off.\n';

/**
 * A hook that answers 403, with the reason, to those who may not see it.
 *
 * @param isAuthenticating whether whoever comes as far as here has shown who it is
 */
export function accessGuard(access: ApiAccess, isAuthenticating: () => boolean) {
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    const reason = refusal(access === 'auto' && isAuthenticating() ? 'on' : access, request);
    if (reason === undefined) done();
    else refuse(request, reply, 403, reason);
  };
}

function refusal(access: ApiAccess, { ip, hostname }: FastifyRequest): string | undefined {
  if (access === 'on') return undefined;
  if (access === 'off') return SWITCHED_OFF;
  return isLoopbackRequest(ip, hostname) ? undefined : LOOPBACK_ONLY;
}
