import { HubError } from '../../core/errors.ts';
import type { Caller } from '../caller.ts';
import { NoBody } from '../schemas/common.ts';
import { Session } from '../schemas/session.ts';
import { endSession, startSession, type SessionDeps } from '../session.ts';
import type { App } from '../typed-app.ts';

const tags = ['session'];

/** Signing in to the dashboard: an API key or a one-time code, as a bearer credential, for a cookie. */
export function sessionRoutes(app: App, deps: SessionDeps): void {
  app.post(
    '/api/v1/session',
    {
      config: { role: 'viewer', signIn: true },
      schema: {
        operationId: 'signIn',
        summary: 'Signs in: the answer sets the session cookie',
        description: 'The bearer credential is an API key, or the code of a sign-in link, which counts once.',
        tags,
        response: { 200: Session },
      },
    },
    async ({ caller }, reply) => {
      const { name, role, via } = known(caller);
      if (via === 'session')
        throw new HubError('forbidden', 'A session cannot make another: send an API key to sign in anew.');
      const expiresAt = await startSession(deps, reply, name);
      if (expiresAt === null) throw new HubError('unauthenticated', 'The key was removed just now.');
      return { name, role, expiresAt };
    },
  );
  app.get(
    '/api/v1/session',
    {
      config: { role: 'viewer' },
      schema: { operationId: 'whoAmI', summary: 'Who is signed in', tags, response: { 200: Session } },
    },
    ({ caller }) => {
      const { name, role, expiresAt } = known(caller);
      return { name, role, expiresAt };
    },
  );
  app.delete(
    '/api/v1/session',
    {
      config: { role: 'viewer' },
      schema: { operationId: 'signOut', summary: 'Signs out', tags, response: { 204: NoBody } },
    },
    async (_request, reply) => {
      endSession(deps, reply);
      return reply.code(204).send(undefined);
    },
  );
}

/** The guard has seen to it; a route without it is a fault of ours. */
function known(caller: Caller | null): Caller {
  if (caller === null) throw new Error('the route is not guarded');
  return caller;
}
