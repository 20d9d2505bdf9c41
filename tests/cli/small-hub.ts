import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ERROR_CODES, type ErrorCode } from '../../src/core/errors.ts';
import { CloudEvent, EventDeliveries, EventPage, StreamQuery } from '../../src/http/schemas/events.ts';
import { DestinationList, type Destination } from '../../src/http/schemas/realtime.ts';
import {
  RanSetAside,
  RunSetAside,
  SetAsidePage,
  type SetAsideItem,
} from '../../src/http/schemas/set-aside.ts';
import {
  NewSubscription,
  RenewDue,
  Subscription,
  SubscriptionPage,
} from '../../src/http/schemas/subscriptions.ts';
import { anEvent, aSubscription } from './samples.ts';

/*
 * A real server with the routes and schemas of the API, and nothing behind them but arrays: what the command line sends and what
 * it makes of the answers can be seen here without a hub.
 */

export const ADMIN_KEY = 'the-admin-key-of-this-hub';
export const VIEWER_KEY = 'the-viewer-key-of-this-hub';

export interface SmallHub {
  url: string;
  subscriptions: Subscription[];
  events: CloudEvent[];
  setAside: SetAsideItem[];
  destinations: Destination[];
  /** The status of the next create, renew or delete; a problem where it is 4xx or 5xx. */
  next: { status: number; problem?: Record<string, unknown>; renewed?: Subscription['status'] };
  /** `METHOD path?query` with the body, of all requests that were let in. */
  requests: { call: string; body: unknown; lastEventId: string | undefined }[];
  /** Appends an event and sends it to all open streams. */
  append(sequence: number): void;
  openStreams(): number;
  /** Ends all streams as a proxy or a crash would. */
  dropStreams(): void;
  close(): Promise<void>;
}

export async function startSmallHub(port = 0): Promise<SmallHub> {
  const app = fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>();
  /** Each with the sequence it goes on after. */
  const streams = new Map<ServerResponse, number>();
  const hub: Omit<SmallHub, 'url'> = {
    subscriptions: [],
    events: [],
    setAside: [],
    destinations: [],
    next: { status: 200 },
    requests: [],
    append: (sequence) => {
      const event = anEvent(sequence);
      hub.events.push(event);
      for (const [stream, after] of streams) if (sequence > after) stream.write(frameOf(event));
    },
    openStreams: () => streams.size,
    dropStreams: () => {
      for (const stream of streams.keys()) stream.destroy();
    },
    close: () => app.close(),
  };

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers.authorization?.replace('Bearer ', '');
    if (key !== ADMIN_KEY && key !== VIEWER_KEY) return refuse(reply, 'unauthenticated', 'Send a key.');
    if (key === VIEWER_KEY && request.method !== 'GET')
      return refuse(reply, 'forbidden', 'This takes an admin.');
    hub.requests.push({ call: callOf(request), body: request.body, lastEventId: lastEventIdOf(request) });
    return undefined;
  });
  app.setErrorHandler((error: Error, _request, reply) =>
    refuse(reply, 'bad_request', 'The request is not valid.', {
      errors: [{ path: '/resource', message: error.message }],
    }),
  );

  app.get('/api/v1/subscriptions', { schema: { response: { 200: SubscriptionPage } } }, (request) => {
    const { limit = '100' } = request.query as { limit?: string };
    const items = hub.subscriptions.slice(0, Number(limit));
    return { items, next: items.length < hub.subscriptions.length ? (items.at(-1)?.key ?? null) : null };
  });
  app.get(
    '/api/v1/subscriptions/:key',
    { schema: { response: { 200: Subscription } } },
    async (request, reply) => {
      const { key } = request.params as { key: string };
      return (
        hub.subscriptions.find((each) => each.key === key) ??
        refuse(reply, 'not_found', 'There is no subscription with this key.')
      );
    },
  );
  app.post(
    '/api/v1/subscriptions',
    { schema: { body: NewSubscription, response: { '2xx': Subscription } } },
    async (request, reply) => {
      const { status } = hub.next;
      if (status >= 400) return refuseNext(reply);
      const { resource, changeTypes } = request.body;
      const made = aSubscription({
        resource,
        ...(changeTypes !== undefined && { changeTypes }),
        ...(status === 202 && { status: 'creating' as const, expiresAt: null, reason: REASON }),
      });
      hub.subscriptions.push(made);
      return reply.code(status === 202 ? 202 : 201).send(made);
    },
  );
  app.post(
    '/api/v1/subscriptions/:key/renew',
    { schema: { response: { 200: Subscription } } },
    async (_request, reply) => {
      if (hub.next.status >= 400) return refuseNext(reply);
      const status = hub.next.renewed ?? 'active';
      return aSubscription({ status, reason: status === 'active' ? null : REASON });
    },
  );
  app.post('/api/v1/subscriptions/renew-due', { schema: { response: { 200: RenewDue } } }, async () => ({
    renewed: hub.subscriptions.map(({ key, status }) => ({ key, status })),
  }));
  app.delete(
    '/api/v1/subscriptions/:key',
    { schema: { response: { '2xx': Type.Null() } } },
    async (_request, reply) =>
      hub.next.status >= 400 ? refuseNext(reply) : reply.code(hub.next.status === 202 ? 202 : 204).send(null),
  );

  app.get('/api/v1/events', { schema: { response: { 200: EventPage } } }, (request) => {
    const { order = 'asc', limit = '100', after = '0', type } = request.query as Record<string, string>;
    const items = (order === 'desc' ? hub.events.toReversed() : hub.events)
      .filter((event) => Number(event.sequence) > Number(after) && event.type === (type ?? event.type))
      .slice(0, Number(limit));
    return { items, next: items.at(-1)?.sequence ?? '0000000000000000' };
  });
  app.get('/api/v1/events/stream', { schema: { querystring: StreamQuery } }, (request, reply) => {
    if (hub.next.status >= 400) return refuseNext(reply);
    const after = Number(lastEventIdOf(request) ?? request.query.after ?? 0);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write(': keep-alive\n\n');
    for (const event of hub.events) if (Number(event.sequence) > after) reply.raw.write(frameOf(event));
    streams.set(reply.raw, after);
    reply.raw.on('close', () => streams.delete(reply.raw));
    return reply;
  });
  app.get(
    '/api/v1/events/:sequence',
    { schema: { response: { 200: CloudEvent } } },
    async (request, reply) => {
      const { sequence } = request.params as { sequence: string };
      return eventOf(sequence) ?? refuse(reply, 'not_found', 'There is no such event.');
    },
  );
  app.get(
    '/api/v1/events/:sequence/deliveries',
    { schema: { response: { 200: EventDeliveries } } },
    async (request, reply) => {
      const { sequence } = request.params as { sequence: string };
      const event = eventOf(sequence);
      if (event === undefined) return refuse(reply, 'not_found', 'There is no such event.');
      const acceptedAt = event.time;
      const at = (ms: number) => new Date(Date.parse(acceptedAt) + ms).toISOString();
      const journey = { acceptedAt, verifiedAt: at(12), fetchedAt: at(180), appendedAt: at(191) };
      return { journey, items: [] };
    },
  );

  app.get('/api/v1/set-aside', { schema: { response: { 200: SetAsidePage } } }, async () => ({
    items: hub.setAside,
    next: null,
  }));
  app.post(
    '/api/v1/set-aside/run',
    { schema: { body: RunSetAside, response: { 200: RanSetAside } } },
    async ({ body }) => ({ ran: hub.setAside.filter(({ id }) => body.ids?.includes(id) ?? true).length }),
  );
  app.delete('/api/v1/set-aside/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    if (!hub.setAside.some((each) => each.id === Number(id)))
      return refuse(reply, 'not_found', 'There is nothing set aside with this id.');
    return reply.code(204).send();
  });
  app.get('/api/v1/destinations', { schema: { response: { 200: DestinationList } } }, async () => ({
    items: hub.destinations,
    next: null,
  }));

  function eventOf(sequence: string): CloudEvent | undefined {
    return hub.events.find((each) => Number(each.sequence) === Number(sequence));
  }

  function refuseNext(reply: FastifyReply): FastifyReply {
    const { status, problem = {} } = hub.next;
    const code =
      (Object.keys(ERROR_CODES) as ErrorCode[]).find((each) => ERROR_CODES[each] === status) ?? 'internal';
    return refuse(reply, code, 'Refused.', problem);
  }

  await app.listen({ host: '127.0.0.1', port });
  const { port: boundTo } = app.server.address() as AddressInfo;
  return Object.assign(hub, { url: `http://127.0.0.1:${boundTo}` });
}

const REASON = {
  code: 'unreachable',
  message: 'Graph could not be reached.',
  remedy: 'Check the network.',
  since: '2026-01-31T08:00:00.000Z',
};

function refuse(
  reply: FastifyReply,
  code: ErrorCode,
  detail: string,
  more: Record<string, unknown> = {},
): FastifyReply {
  const status = ERROR_CODES[code];
  const problem = {
    type: `urn:heliograph:problem:${code}`,
    title: code,
    status,
    detail,
    code,
    requestId: 'r1',
  };
  const text = JSON.stringify({ ...problem, timestamp: '2026-01-31T09:00:00.000Z', ...more });
  // A serialiser of its own, so that the schema of the good answer does not cut it.
  return reply.code(status).type('application/problem+json').serializer(String).send(text);
}

function callOf(request: FastifyRequest): string {
  return `${request.method} ${decodeURIComponent(request.url.replace('/api/v1', ''))}`;
}

function lastEventIdOf({ headers }: FastifyRequest): string | undefined {
  const value = headers['last-event-id'];
  return typeof value === 'string' ? value : undefined;
}

function frameOf(event: CloudEvent): string {
  return `id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`;
}
