import { describe, expect, test } from 'vitest';
import type { ParkedEvent } from '../../src/core/delivery.ts';
import { toCloudEvent } from '../../src/core/event.ts';
import type { EventQuery } from '../../src/ports/event-log.ts';
import { negotiate } from '../../src/steps/deliver/negotiate.ts';
import { bearer, destination, KEY, loggedEvent, TENANT } from './hub-deps.ts';
import { openApp, problemIn } from './open-app.ts';

const OTHER = loggedEvent(3, {
  type: 'heliograph.gap',
  subject: 'groups/g',
  tenantId: null,
  subscriptionKey: null,
  changeType: null,
  origin: 'api',
  data: JSON.stringify({ cause: 'missed', from: 'a', to: 'b' }),
});

async function filled() {
  const hub = await openApp();
  hub.events.push(loggedEvent(1), loggedEvent(2), OTHER, loggedEvent(4), loggedEvent(5));
  const ask = (query: string, headers: Record<string, string> = bearer('viewer')) =>
    hub.app.inject({ url: `/api/v1/events?${query}`, headers });
  const sequences = async (query: string, headers?: Record<string, string>) => {
    const { items, next } = (await ask(query, headers)).json<{
      items: { sequence: string }[];
      next: string;
    }>();
    return { items: items.map(({ sequence }) => Number(sequence)), next };
  };
  return Object.assign(hub, { ask, sequences });
}

describe('paging', () => {
  test.each([
    ['', [1, 2, 3, 4, 5], 5],
    ['limit=2', [1, 2], 2],
    ['after=2&limit=2', [3, 4], 4],
    ['after=0000000000000004', [5], 5],
    ['after=5', [], 5],
    ['after=99', [], 99],
    ['order=asc&after=0', [1, 2, 3, 4, 5], 5],
    ['order=desc', [5, 4, 3, 2, 1], 1],
    ['order=desc&limit=2', [5, 4], 4],
    ['order=desc&before=3', [2, 1], 1],
    ['order=desc&before=1', [], 1],
    ['order=desc&before=0', [], 0],
    ['subject=nothing', [], 5],
  ])('%j', async (query, items, next) => {
    const { sequences } = await filled();
    expect(await sequences(query)).toEqual({ items, next: String(next).padStart(16, '0') });
  });

  test('an event is a CloudEvent, to the letter', async () => {
    const { ask } = await filled();
    const { items } = (await ask('after=1&limit=2')).json<{ items: unknown[] }>();
    expect(items).toEqual([toCloudEvent(loggedEvent(2)), toCloudEvent(OTHER)]);
  });

  test('text that is hard to write comes out as it is', async () => {
    const { app, events } = await openApp();
    const hard = loggedEvent(1, {
      subject: 'users/ü\u2028',
      data: '{"resource":{"a":"\\ud800 \\u0000 \\"</script>"}}',
    });
    events.push(hard);
    const response = await app.inject({ url: '/api/v1/events', headers: bearer('viewer') });
    expect(response.json<{ items: unknown[] }>().items).toEqual([toCloudEvent(hard)]);
  });
});

test.each([
  ['type=heliograph.gap', [3]],
  ['subject=users/*', [1, 2, 4, 5]],
  ['subject=users/u/messages/m4', [4]],
  [`subscription=${KEY}&limit=1`, [1]],
  [`tenant=${TENANT}`, [1, 2, 4, 5]],
  ['origin=api', [3]],
  ['since=2026-01-02T03:04:04Z', [4, 5]],
  ['until=2026-01-02T04:04:02%2B01:00', [1]],
  ['since=0000-01-01T00:00:00Z', [1, 2, 3, 4, 5]],
  ['since=9999-12-31T23:59:59-23:59', []],
  ['until=9999-12-31T23:59:59-23:59', [1, 2, 3, 4, 5]],
])('filters by %s', async (query, items) => {
  const { sequences } = await filled();
  expect((await sequences(query)).items).toEqual(items);
});

test.each(['/api/v1/events', '/api/v1/events/stream'])(
  'a type cut short, which would match nothing, is refused by %s with the whole one',
  async (url) => {
    const { app } = await openApp();
    const refusal = await app.inject({ url: `${url}?type=MessageCreated`, headers: bearer('viewer') });
    const message = 'is not an event type: write it in full, such as Microsoft.Graph.MessageCreated';
    expect(problemIn(refusal)).toMatchObject({ status: 400, errors: [{ path: 'type', message }] });
  },
);

describe('what is no longer kept', () => {
  test('is a 410 with the oldest for whoever names a position', async () => {
    const hub = await filled();
    hub.oldest = 4;
    expect(problemIn(await hub.ask('after=1'))).toMatchObject({
      status: 410,
      code: 'sequence_gone',
      oldest: '0000000000000004',
    });
    expect((await hub.ask('after=0')).statusCode).toBe(410);
    expect((await hub.ask('after=3')).statusCode).toBe(200);
  });

  test('is not missed by whoever names none', async () => {
    const hub = await filled();
    hub.oldest = 4;
    expect((await hub.sequences('limit=1')).items).toEqual([4]);
  });
});

describe('a negotiated token', () => {
  test.each([
    [[`tenant.${TENANT}`], [1, 2, 4, 5]],
    [[`subscription.${KEY}`], [1, 2, 4, 5]],
    [[`tenant.${TENANT}.type.com.example.Other`], []],
    [['user.ada'], []],
  ])('of %j reads what those groups are sent', async (groups, items) => {
    const { sequences, headers } = await withToken(groups);
    expect((await sequences('', headers)).items).toEqual(items);
  });

  test('cannot widen its scope by a filter', async () => {
    const { sequences, headers } = await withToken([`tenant.${TENANT}`]);
    expect((await sequences('type=heliograph.gap', headers)).items).toEqual([]);
  });

  test.each([
    ['GET', '/api/v1/events/1'],
    ['GET', '/api/v1/events/1/deliveries'],
    ['GET', '/api/v1/subscriptions'],
    ['GET', '/api/v1/destinations'],
    ['GET', '/api/v1/session'],
    ['POST', '/api/v1/session'],
    ['POST', '/api/v1/realtime/negotiate'],
  ] as const)('is not for %s %s', async (method, url) => {
    const { app, headers } = await withToken([`tenant.${TENANT}`]);
    const response = await app.inject({ method, url, headers });
    expect(response.statusCode).toBe(403);
    expect(response.headers).not.toHaveProperty('set-cookie');
  });

  test('ends', async () => {
    const { ask, headers, clock } = await withToken([`tenant.${TENANT}`]);
    expect((await ask('', headers)).statusCode).toBe(200);
    clock.advance(60_000);
    expect((await ask('', headers)).statusCode).toBe(401);
  });

  test('is nothing when it was made for another purpose, or was changed', async () => {
    const { ask, deps, headers } = await withToken([`tenant.${TENANT}`]);
    const session = await deps.sessionTokens.sign({ groups: ['tenant.x'] }, '2027-01-01T00:00:00.000Z');
    expect((await ask('', { authorization: `Bearer ${session}` })).statusCode).toBe(401);
    const changed = headers.authorization.replace(/.(?=[^.]*$)/, (letter) => (letter === 'A' ? 'B' : 'A'));
    expect((await ask('', { authorization: changed })).statusCode).toBe(401);
  });
});

test('the whole query reaches the store', async () => {
  const { app, deps } = await openApp();
  const asked: EventQuery[] = [];
  deps.store.readEvents = async (query) => {
    asked.push(query);
    return { status: 'page', items: [], next: 7 };
  };
  const query = `order=desc&before=9&limit=5&type=com.example.T&subject=S*&subscription=K&tenant=N&origin=source&since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z`;
  await app.inject({ url: `/api/v1/events?${query}`, headers: bearer('viewer') });
  expect(asked).toEqual([
    {
      order: 'desc',
      from: 9,
      limit: 5,
      filter: {
        type: 'com.example.T',
        subject: 'S*',
        subscription: 'K',
        tenant: 'N',
        origin: 'source',
        since: '2026-01-01T00:00:00.000Z',
        until: '2026-02-01T00:00:00.000Z',
      },
      scope: null,
    },
  ]);
});

describe('one event', () => {
  test('is the CloudEvent itself', async () => {
    const { app } = await filled();
    const response = await app.inject({ url: '/api/v1/events/0000000000000002', headers: bearer('viewer') });
    expect(response.json()).toEqual(toCloudEvent(loggedEvent(2)));
  });

  test.each(['9', '9999999999999999'])('that is not there is a 404: %s', async (sequence) => {
    const { app } = await filled();
    for (const url of [`/api/v1/events/${sequence}`, `/api/v1/events/${sequence}/deliveries`])
      expect(problemIn(await app.inject({ url, headers: bearer('viewer') }))['code']).toBe('not_found');
  });

  const parked: ParkedEvent = {
    sequence: 2,
    code: 'too_large',
    message: 'refused',
    attempts: 3,
    nextAttemptAt: '2026-01-02T03:04:05.000Z',
  };

  test.each([
    ['waiting', 1, 0, []],
    ['dealt_with', 2, 0, []],
    ['dealt_with', 4, 1, []],
    ['parked', 4, 1, [parked]],
  ])('tells its journey and what became of it: %s', async (status, cursor, count, found) => {
    const { app, deps, destinations } = await filled();
    destinations[0] = destination({ cursor, parked: count });
    deps.store.findParked = async () => new Map(found.map((each) => ['realtime', each]));
    const response = await app.inject({ url: '/api/v1/events/2/deliveries', headers: bearer('viewer') });
    const isParked = status === 'parked';
    const { time: acceptedAt, verifiedAt, fetchedAt, appendedAt } = loggedEvent(2);
    expect(response.json()).toEqual({
      journey: { acceptedAt, verifiedAt, fetchedAt, appendedAt },
      items: [
        {
          destination: 'realtime',
          status,
          cursor: String(cursor).padStart(16, '0'),
          reason: isParked ? { code: 'too_large', message: 'refused' } : null,
          attempts: isParked ? 3 : 0,
          nextAttemptAt: isParked ? parked.nextAttemptAt : null,
        },
      ],
    });
  });
});

async function withToken(groups: string[]) {
  const hub = await filled();
  const outcome = await negotiate(hub.deps, { groups, userId: 'ada', ttlMinutes: 1 });
  if (outcome.status !== 'granted') throw new Error('not granted');
  return Object.assign(hub, { headers: { authorization: `Bearer ${outcome.token}` } });
}
