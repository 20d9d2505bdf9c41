import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ACCESS_ROLES, mayAct, type AccessRole } from '../../src/core/role.ts';
import { buildApp } from '../../src/http/app.ts';
import { guardRoute, type Guard } from '../../src/http/auth.ts';
import { bearer, KEY, loggedEvent, setAsideItem, testHub } from './hub-deps.ts';
import { problemIn } from './open-app.ts';

/*
 * Every route under /api, as the app itself lists them, against every credential that must not do. The table below is the
 * contract; a route that is added without a line here fails the first test.
 */

interface Contract {
  role: AccessRole;
  /** A request that is let through with the role. */
  good?: Partial<InjectOptions>;
  /** Requests that are a 400 though the role is right. */
  bad?: Partial<InjectOptions>[];
}

const BAD_KEY = { url: '/api/v1/subscriptions/NOT-A-KEY' };

const CONTRACT: Record<string, Contract> = {
  'POST /api/v1/session': { role: 'viewer' },
  'GET /api/v1/session': { role: 'viewer' },
  'DELETE /api/v1/session': { role: 'viewer' },
  'GET /api/v1/subscriptions': {
    role: 'viewer',
    bad: [
      'limit=0',
      'limit=1001',
      'limit=x',
      'limit=1.5',
      'limit=1e2',
      'after=UPPER',
      'unknown=1',
      'limit=1&limit=2',
    ].map((query) => ({
      url: `/api/v1/subscriptions?${query}`,
    })),
  },
  'POST /api/v1/subscriptions': {
    role: 'admin',
    good: { payload: { resource: 'users/u/messages' } },
    bad: [
      {},
      { payload: [] },
      { payload: { resource: '' } },
      { payload: { resource: 5 } },
      { payload: { resource: 'a', extra: 1 } },
      { payload: { resource: 'a', changeTypes: [] } },
      { payload: { resource: 'a', changeTypes: ['moved'] } },
      { payload: '{', headers: { 'content-type': 'application/json' } },
      { payload: '{"__proto__":1}', headers: { 'content-type': 'application/json' } },
    ],
  },
  'GET /api/v1/subscriptions/{key}': { role: 'viewer', bad: [BAD_KEY] },
  'PATCH /api/v1/subscriptions/{key}': {
    role: 'operator',
    good: { payload: { fetch: 'none' } },
    bad: [
      {},
      { payload: { paused: 'true' } },
      { payload: { paused: null } },
      { payload: { fetch: 'delta' } },
      { payload: { resource: 'x' } },
      { ...BAD_KEY, payload: { paused: true } },
    ],
  },
  'DELETE /api/v1/subscriptions/{key}': { role: 'admin', bad: [BAD_KEY] },
  'POST /api/v1/subscriptions/{key}/renew': { role: 'operator', bad: [{ url: `${BAD_KEY.url}/renew` }] },
  'POST /api/v1/subscriptions/renew-due': { role: 'operator' },
  'GET /api/v1/events': {
    role: 'viewer',
    bad: [
      'after=x',
      'after=-1',
      'after=12345678901234567',
      'after=9999999999999999',
      'before=1',
      'order=desc&after=1',
      'order=up',
      'limit=0',
      'limit=1001',
      'since=yesterday',
      'until=2026-01-01',
      'since=2026-12-31T23:59:60Z',
      'origin=elsewhere',
      'subject=a%00',
      'type=%00',
      'tenant=a%00',
      'subscription=a%00',
      `subject=${'a'.repeat(2049)}`,
      'after=1&after=2',
      'frm=1',
    ].map((query) => ({ url: `/api/v1/events?${query}` })),
  },
  'GET /api/v1/events/stream': {
    role: 'viewer',
    bad: [
      { url: '/api/v1/events/stream?after=x' },
      { url: '/api/v1/events/stream?limit=1' },
      { url: '/api/v1/events/stream?order=desc' },
      { url: '/api/v1/events/stream', headers: { 'last-event-id': 'x' } },
    ],
  },
  'GET /api/v1/events/{sequence}': { role: 'viewer', bad: [{ url: '/api/v1/events/x' }] },
  'GET /api/v1/events/{sequence}/deliveries': {
    role: 'viewer',
    bad: [{ url: '/api/v1/events/x/deliveries' }],
  },
  'GET /api/v1/set-aside': {
    role: 'viewer',
    bad: [
      { url: '/api/v1/set-aside?before=x' },
      { url: '/api/v1/set-aside?before=0' },
      { url: '/api/v1/set-aside?before=1.5' },
    ],
  },
  'POST /api/v1/set-aside/run': {
    role: 'operator',
    bad: [
      { payload: { ids: [] } },
      { payload: { ids: ['1'] } },
      { payload: { ids: [0] } },
      { payload: { ids: [1e300] } },
      { payload: { id: 1 } },
    ],
  },
  'DELETE /api/v1/set-aside/{id}': { role: 'admin', bad: [{ url: '/api/v1/set-aside/x' }] },
  'GET /api/v1/destinations': { role: 'viewer' },
  'POST /api/v1/realtime/negotiate': {
    role: 'viewer',
    bad: [
      { payload: 'null', headers: { 'content-type': 'application/json' } },
      { payload: { groups: [] } },
      { payload: { groups: 'tenant.x' } },
      { payload: { groups: ['tenant.unknown'] } },
      { payload: { groups: ['subscription.a\u0000'] } },
      { payload: { ttlMinutes: 0 } },
      { payload: { ttlMinutes: 1441 } },
      { payload: { ttlMinutes: 1.5 } },
      { payload: { userId: '' } },
      { payload: { userId: 'a\nb' } },
      { payload: { user: 'a' } },
    ],
  },
};

const OPEN = ['GET /api/v1/openapi.json'];

/** The app's own list: what its OpenAPI document describes. */
async function routesOf(): Promise<string[]> {
  const { paths } = (await app.inject('/api/v1/openapi.json')).json<{ paths: Record<string, object> }>();
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/api'))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
}

function requestTo(route: string, more: Partial<InjectOptions> = {}): InjectOptions {
  const [method, path = ''] = route.split(' ');
  const url = path.replace('{key}', KEY).replace('{sequence}', '1').replace('{id}', '1');
  return { method: method as 'GET', url, ...more };
}

/** One app for the whole table: it is built once, and filled anew for each test. */
const hub = testHub({ failuresPerMinute: 1_000 });
let app: FastifyInstance;
beforeAll(async () => {
  app = await buildApp(hub.deps);
});
afterAll(() => app.close());
beforeEach(() => {
  hub.events = [loggedEvent(1)];
  hub.setAside = [setAsideItem(1)];
  hub.logLines.length = 0;
});

test('the routes are those of the contract', async () => {
  expect((await routesOf()).sort()).toEqual([...Object.keys(CONTRACT), ...OPEN].sort());
});

describe.each(Object.entries(CONTRACT))('%s', (route, { role, good = {}, bad = [] }) => {
  // A stream does not end by itself; `event-stream.test.ts` reads it.
  const isStream = route.endsWith('/stream');

  test('needs a credential', async () => {
    const response = await app.inject(requestTo(route, good));
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(problemIn(response)['code']).toBe('unauthenticated');
  });

  test('refuses a wrong credential before it reads the body', async () => {
    const headers = { authorization: 'Bearer wrong', 'content-type': 'application/json' };
    const response = await app.inject(
      requestTo(route, { headers, ...(!route.startsWith('GET') && { payload: '{' }) }),
    );
    expect(response.statusCode).toBe(401);
  });

  test.each(ACCESS_ROLES.filter((each) => !mayAct(each, role)))('is not for the role %s', async (small) => {
    const response = await app.inject(requestTo(route, { ...good, headers: bearer(small) }));
    expect(response.statusCode).toBe(403);
    expect(problemIn(response)).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining(role) as string,
    });
  });

  test.each(isStream ? [] : ACCESS_ROLES.filter((each) => mayAct(each, role)))(
    'is for the role %s',
    async (has) => {
      const response = await app.inject(requestTo(route, { ...good, headers: bearer(has) }));
      expect(response.statusCode).toBeGreaterThanOrEqual(200);
      expect(response.statusCode).toBeLessThan(300);
      expect(response.headers['cache-control']).toBe('no-store');
    },
  );

  test.each(bad)('refuses bad input: %j', async (more) => {
    const headers = { ...bearer('admin'), ...more.headers };
    const response = await app.inject(requestTo(route, { ...more, headers }));
    expect(response.statusCode).toBe(400);
    expect(problemIn(response)['code']).toBe('bad_request');
    expect(hub.logLines.filter((line) => line.includes('http.'))).toEqual([]);
  });
});

test.each(Object.keys(CONTRACT).filter((route) => !route.startsWith('GET')))(
  '%s takes JSON only, as it is, and 64 KiB of it',
  async (route) => {
    const headers = bearer('admin');
    const text = await app.inject(
      requestTo(route, { payload: 'x=1', headers: { ...headers, 'content-type': 'text/plain' } }),
    );
    expect(text.statusCode).toBe(415);
    expect(problemIn(text)['code']).toBe('unsupported_media_type');
    const encoded = await app.inject(
      requestTo(route, { payload: {}, headers: { ...headers, 'content-encoding': 'gzip' } }),
    );
    expect([encoded.statusCode, problemIn(encoded)['code']]).toEqual([415, 'unsupported_media_type']);
    const large = await app.inject(requestTo(route, { payload: { x: 'a'.repeat(65_536) }, headers }));
    expect(large.statusCode).toBe(413);
    expect(problemIn(large)['code']).toBe('body_too_large');
  },
);

test('a route under /api that does not say its role stops the start', () => {
  const guard = { admit: async () => {} } as unknown as Guard;
  const route = { method: 'GET', url: '/api/v1/new', handler: () => {} } as const;
  expect(() => guardRoute(guard, route)).toThrow('GET /api/v1/new has to say which role it needs');
});

test('a refused stranger leaves no line', async () => {
  await app.inject(requestTo('DELETE /api/v1/subscriptions/{key}'));
  expect(hub.logLines).toEqual([]);
});

test('what changes something leaves one line: who, which route, what came of it', async () => {
  await app.inject(requestTo('GET /api/v1/subscriptions', { headers: bearer('admin') }));
  const response = await app.inject(
    requestTo('DELETE /api/v1/subscriptions/{key}', { headers: bearer('admin') }),
  );
  expect(hub.logLines.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({
      msg: 'api.acted',
      requestId: response.headers['x-request-id'],
      method: 'DELETE',
      route: '/api/v1/subscriptions/:key',
      params: { key: KEY },
      caller: 'admin',
      via: 'key',
      status: 204,
    }),
  ]);
});
