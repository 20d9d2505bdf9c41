import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import { TENANT } from './office-events.ts';
import { eventRoutes } from './stand-in-events.ts';
import type { StandInHub } from './stand-in-hub.ts';
import { problem } from './stand-in-problem.ts';
import { subscriptionRoutes } from './stand-in-subscriptions.ts';

export const API_KEY = 'hg_test_0123456789abcdef';
const COOKIE = 'heliograph_session';
const CSP = `default-src 'self'; connect-src 'self' ws://127.0.0.1:*; style-src 'self' 'unsafe-inline'`;
const NOT_PAGES = /^\/(?:api\/|healthz|readyz)/;

/**
 * The built pages, and the API on what the hub of a test has in memory.
 * @param clientUrl what a page connects to for the events of these groups
 */
export async function standInApp(
  hub: StandInHub,
  dir: string,
  clientUrl: (groups: string[]) => Promise<string>,
): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true });
  await app.register(cookie);
  await app.register(fastifyStatic, { root: dir });
  app.addHook('onRequest', async (request, reply) => {
    hub.requests.push(`${request.method} ${request.url}`);
    void reply.header('content-security-policy', CSP);
    if (hub.mute && NOT_PAGES.test(request.url)) return reply.code(502).send('Bad gateway');
    if (!request.url.startsWith('/api/') || (request.method === 'POST' && request.url === '/api/v1/session'))
      return undefined;
    return hub.sessions.has(request.cookies[COOKIE] ?? '')
      ? undefined
      : problem(reply, 401, 'unauthenticated', 'Sign in.');
  });
  app.setNotFoundHandler((request, reply) =>
    request.url.startsWith('/api/')
      ? problem(reply, 404, 'not_found', 'Nothing here.')
      : reply.sendFile('index.html'),
  );

  const session = { name: 'bootstrap', role: 'admin', expiresAt: null } as const;
  app.post('/api/v1/session', (request, reply) => {
    const given = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    if (given !== API_KEY && given !== hub.signInCode)
      return problem(reply, 401, 'unauthenticated', 'The credential is wrong or has expired.');
    if (given === hub.signInCode) hub.signInCode = '';
    const token = randomBytes(16).toString('hex');
    hub.sessions.add(token);
    return reply.setCookie(COOKIE, token, { path: '/', httpOnly: true, sameSite: 'strict' }).send(session);
  });
  app.get('/api/v1/session', () => session);
  app.delete('/api/v1/session', (request, reply) => {
    hub.sessions.delete(request.cookies[COOKIE] ?? '');
    return reply.clearCookie(COOKIE, { path: '/' }).code(204).send();
  });
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', () => hub.readiness);
  app.post('/api/v1/realtime/negotiate', async (_request, reply) => {
    if (!hub.grants) return problem(reply, 503, 'realtime_unavailable', 'Web PubSub gives no client URL.');
    const groups = [`tenant.${TENANT}`];
    const url = await clientUrl(groups);
    const expiresAt = new Date(Date.now() + hub.ttlMinutes * 60_000).toISOString();
    return { url, groups, token: 'unused', expiresAt };
  });
  eventRoutes(app, hub);
  subscriptionRoutes(app, hub);
  return app;
}
