import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import cookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import { WebPubSubServiceClient } from '@azure/web-pubsub';
import fastify from 'fastify';
import type { CloudEvent } from '../../src/core/event.ts';
import type { Readiness } from '../../src/http/schemas/health.ts';
import type { SetAsideItem } from '../../src/http/schemas/set-aside.ts';
import type { Subscription } from '../../src/http/schemas/subscriptions.ts';
import {
  startWebPubSubServer,
  type WebPubSubServer,
} from '../../src/local/web-pubsub-server/start-web-pubsub-server.ts';
import { silentLog } from '../support/logs.ts';
import { officeEvent, TENANT } from './office-events.ts';
import { officeSubscriptions } from './office-subscriptions.ts';
import { eventRoutes } from './stand-in-events.ts';
import { problem } from './stand-in-problem.ts';
import { subscriptionRoutes } from './stand-in-subscriptions.ts';

/*
 * What the dashboard sees of a hub: the built pages, the API from memory, a real local Web PubSub server. Its answers have the
 * shapes of the hub's schemas; what happens in it the test says.
 */

export const API_KEY = 'hg_test_0123456789abcdef';
const COOKIE = 'heliograph_session';
const CSP = `default-src 'self'; connect-src 'self' ws://127.0.0.1:*; style-src 'self' 'unsafe-inline'`;

export interface StandInHub {
  url: string;
  /** Signs in once. */
  signInCode: string;
  log: CloudEvent[];
  /** The log begins after this sequence; what is older is gone. */
  forgottenTo: number;
  subscriptions: Subscription[];
  setAside: SetAsideItem[];
  readiness: Readiness;
  /** Every request so far, as `GET /path?query`. */
  requests: string[];
  ttlMinutes: number;
  /** Negotiation fails while this is false. */
  grants: boolean;
  /** Appends so many events and, unless told otherwise, sends them as one message. */
  append(events: number, sent?: 'sent' | 'unsent'): Promise<CloudEvent[]>;
  pubsub(): WebPubSubServer;
  /** Ends the Web PubSub server, and starts another where it was: nothing can be recovered then. */
  stopPubSub(): Promise<void>;
  startPubSub(): Promise<void>;
  /** All sessions end. */
  endSessions(): void;
  close(): Promise<void>;
}

/** @param dir the built dashboard */
export async function startStandInHub(events = 0, dir = resolve('webapp/dist')): Promise<StandInHub> {
  const accessKey = randomBytes(32).toString('base64');
  let sessions = new Set<string>();
  let pubsub = await startWebPubSubServer({ accessKey, log: silentLog });
  const { port, connectionString } = pubsub;
  const service = new WebPubSubServiceClient(connectionString, 'heliograph', {
    allowInsecureConnection: true,
  });
  const app = fastify({ forceCloseConnections: true });
  const startedMs = Date.now();

  const hub: StandInHub = {
    url: '',
    signInCode: 'one-time-code',
    log: Array.from({ length: events }, (_, index) =>
      officeEvent(index + 1, startedMs - (events - index) * 1_300),
    ),
    forgottenTo: 0,
    subscriptions: officeSubscriptions(startedMs),
    setAside: [],
    readiness: {
      status: 'ready',
      mode: 'local',
      version: '0.1.0',
      standIns: [
        { for: 'Microsoft Graph', what: 'a simulator with a made-up office' },
        { for: 'Postgres', what: 'embedded, in .heliograph' },
        { for: 'Web PubSub', what: 'a local server' },
      ],
      dependencies: { postgres: { ok: true }, queue: { ok: true } },
    },
    requests: [],
    ttlMinutes: 60,
    grants: true,
    async append(count, sent = 'sent') {
      const from = hub.log.length;
      const fresh = Array.from({ length: count }, (_, index) => officeEvent(from + index + 1, Date.now()));
      hub.log.push(...fresh);
      if (sent === 'sent') await service.group(`tenant.${TENANT}`).sendToAll({ events: fresh });
      return fresh;
    },
    pubsub: () => pubsub,
    stopPubSub: () => pubsub.close(),
    async startPubSub() {
      pubsub = await startWebPubSubServer({ accessKey, log: silentLog, port });
    },
    endSessions() {
      sessions = new Set();
    },
    async close() {
      await app.close();
      await pubsub.close();
    },
  };

  await app.register(cookie);
  await app.register(fastifyStatic, { root: dir });
  app.addHook('onRequest', async (request, reply) => {
    hub.requests.push(`${request.method} ${request.url}`);
    void reply.header('content-security-policy', CSP);
    if (!request.url.startsWith('/api/') || (request.method === 'POST' && request.url === '/api/v1/session'))
      return;
    if (!sessions.has(request.cookies[COOKIE] ?? ''))
      await problem(reply, 401, 'unauthenticated', 'Sign in.');
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
    sessions.add(token);
    return reply.setCookie(COOKIE, token, { path: '/', httpOnly: true, sameSite: 'strict' }).send(session);
  });
  app.get('/api/v1/session', () => session);
  app.delete('/api/v1/session', (request, reply) => {
    sessions.delete(request.cookies[COOKIE] ?? '');
    return reply.clearCookie(COOKIE, { path: '/' }).code(204).send();
  });
  app.get('/readyz', () => hub.readiness);
  app.post('/api/v1/realtime/negotiate', async (_request, reply) => {
    if (!hub.grants) return problem(reply, 503, 'realtime_unavailable', 'Web PubSub gives no client URL.');
    const groups = [`tenant.${TENANT}`];
    const { url } = await service.getClientAccessToken({ groups, expirationTimeInMinutes: hub.ttlMinutes });
    const expiresAt = new Date(Date.now() + hub.ttlMinutes * 60_000).toISOString();
    return { url, groups, token: 'unused', expiresAt };
  });
  eventRoutes(app, hub);
  subscriptionRoutes(app, hub);
  hub.url = await app.listen({ host: '127.0.0.1', port: 0 });
  return hub;
}
