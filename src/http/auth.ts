import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { HubError } from '../core/errors.ts';
import { mayAct, type AccessRole } from '../core/role.ts';
import type { Caller } from './caller.ts';
import { bearerOf, identify, type CredentialDeps, type Identified } from './credentials.ts';
import { endSession, isFromOurPages, type SessionDeps } from './session.ts';

/*
 * Every route under /api says which role it needs in `config.role`; one that does not stops the start. The guard runs before the
 * body is read, so nothing of somebody unknown is parsed.
 */

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may use the route; `open` needs no credential. */
    role?: AccessRole | 'open';
    /** A negotiated token may use it too, within its groups. */
    negotiated?: true;
    /** A one-time sign-in code may be spent on it. */
    signIn?: true;
  }
  interface FastifyRequest {
    /** Who asks; null on an open route. */
    caller: Caller | null;
  }
}

export interface Guard {
  /** Refuses whoever may not use the route, and leaves the others in `request.caller`. */
  admit: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Who asks, where a credential only adds to the answer; a wrong one is refused all the same. */
  recognise: (request: FastifyRequest, reply: FastifyReply) => Promise<Caller | null>;
  /** Counts a wrong credential and throws: 401, or 429 after too many from one address. */
  refuse: (request: FastifyRequest, reply: FastifyReply) => Promise<never>;
}

export interface GuardDeps extends CredentialDeps, SessionDeps {
  /** Counts a failure of the request's address: seconds to wait, 0 while it has not had too many. */
  countFailure(request: FastifyRequest): Promise<number>;
}

/** Routes under /api are guarded as they are added, wherever that is. */
export function guardRoute(guard: Guard, route: RouteOptions): void {
  if (!/^\/api(\/|$)/.test(route.url) || route.method === 'OPTIONS') return;
  const role = route.config?.role;
  if (role === undefined)
    throw new Error(`${String(route.method)} ${route.url} has to say which role it needs (config.role)`);
  if (role === 'open') return;
  route.onRequest = [guard.admit, ...[route.onRequest ?? []].flat()];
}

export function buildGuard(deps: GuardDeps): Guard {
  const refuse: Guard['refuse'] = async (request, reply) => {
    const waitSeconds = await deps.countFailure(request);
    if (waitSeconds === 0) throw unauthenticated('The credential is wrong or has expired.');
    void reply.header('retry-after', String(waitSeconds));
    throw new HubError('too_many_requests', `Too many wrong credentials: wait ${waitSeconds} seconds.`);
  };
  const settle = async (identified: Identified, request: FastifyRequest, reply: FastifyReply) => {
    if (identified.status !== 'failed') return identified.status === 'known' ? identified.caller : null;
    if (bearerOf(request) === null) endSession(deps, reply);
    return refuse(request, reply);
  };
  return {
    refuse,
    async recognise(request, reply) {
      return settle(await identify(deps, request), request, reply);
    },
    async admit(request, reply) {
      const { role, negotiated, signIn } = request.routeOptions.config;
      const caller = await settle(await identify(deps, request, signIn), request, reply);
      if (caller === null) throw unauthenticated('Send an API key as Authorization: Bearer, or sign in.');
      if (caller.via === 'negotiated' && negotiated !== true)
        throw forbidden('A negotiated token reads /api/v1/events and its stream, nothing else.');
      if (role !== undefined && role !== 'open' && !mayAct(caller.role, role))
        throw forbidden(`This needs the role ${role}; ${caller.name} is ${caller.role}.`);
      if (caller.via === 'session' && !isFromOurPages(deps, request))
        throw forbidden(
          'A session changes things from the pages of this hub only; use an API key elsewhere.',
        );
      request.caller = caller;
    },
  };
}

function unauthenticated(message: string): HubError {
  return new HubError('unauthenticated', message);
}

function forbidden(message: string): HubError {
  return new HubError('forbidden', message);
}
