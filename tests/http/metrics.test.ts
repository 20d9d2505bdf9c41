import { describe, expect, test } from 'vitest';
import { HubError } from '../../src/core/errors.ts';
import { meteredChannel, meteredStore } from '../../src/http/metered.ts';
import { hubMetrics } from '../../src/http/metrics.ts';
import type { AppendResult, EventLog } from '../../src/ports/event-log.ts';
import { adjustableClock } from '../support/adjustable-clock.ts';
import { appendOf, newEvent } from '../support/new-event.ts';
import { bearer, destination } from './hub-deps.ts';
import { openApp, problemIn } from './open-app.ts';

describe('/metrics without a token', () => {
  test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
    'is for loopback: %s',
    async (remoteAddress) => {
      const { app } = await openApp();
      const response = await app.inject({ url: '/metrics', remoteAddress });
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    },
  );

  test.each(['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1'])(
    'and for nobody else: %s',
    async (remoteAddress) => {
      const { app } = await openApp();
      const response = await app.inject({ url: '/metrics', remoteAddress, headers: bearer('admin') });
      expect(problemIn(response)).toMatchObject({ status: 403, code: 'forbidden' });
    },
  );

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])(
    'is not for whoever comes through a proxy on loopback: %s',
    async (name) => {
      const { app } = await openApp();
      expect((await app.inject({ url: '/metrics', headers: { [name]: '127.0.0.1' } })).statusCode).toBe(403);
    },
  );
});

test('/metrics with a token is for whoever has it, from anywhere, and for nobody else', async () => {
  const { app } = await openApp({ metricsToken: 'token' });
  const ask = async (headers: Record<string, string>, remoteAddress = '10.0.0.1') =>
    (await app.inject({ url: '/metrics', headers, remoteAddress })).statusCode;
  expect(await ask({ authorization: 'Bearer token' })).toBe(200);
  expect(await ask({ authorization: 'Bearer token2' })).toBe(401);
  expect(await ask(bearer('admin'))).toBe(401);
  expect(await ask({}, '127.0.0.1')).toBe(401);
});

test('guessing the token of /metrics counts as failures of an address', async () => {
  const { app } = await openApp({ metricsToken: 'token', failuresPerMinute: 2 });
  const guess = { url: '/metrics', headers: { authorization: 'Bearer guess' } };
  for (let count = 0; count < 2; count++) expect((await app.inject(guess)).statusCode).toBe(401);
  expect((await app.inject(guess)).statusCode).toBe(429);
});

describe('what is told', () => {
  test('of the store, as it is at the scrape', async () => {
    const { app, deps, destinations, clock } = await openApp();
    destinations[0] = destination({ lag: 4, parked: 2, failures: 1 });
    const oldestAcceptedAt = new Date(clock.now() - 1_500).toISOString();
    deps.store.inboxDepth = async () => ({ rows: 3, items: 7, oldestAcceptedAt, setAside: 5 });
    const { body } = await app.inject('/metrics');
    for (const line of [
      'heliograph_store_up 1',
      'heliograph_inbox_rows 3',
      'heliograph_inbox_items 7',
      'heliograph_inbox_oldest_seconds 1.5',
      'heliograph_set_aside_items 5',
      'heliograph_log_sequence 0',
      'heliograph_subscriptions{status="active"} 1',
      'heliograph_subscriptions{status="failing"} 0',
      'heliograph_destination_lag{destination="realtime"} 4',
      'heliograph_destination_parked{destination="realtime"} 2',
      'heliograph_destination_failures{destination="realtime"} 1',
      'process_cpu_seconds_total',
    ])
      expect(body).toContain(line);
    expect((await app.inject('/metrics')).body).toContain('heliograph_inbox_rows 3');
  });

  test('of a store that is away: that it is, and no old values', async () => {
    const { app, deps, logLines } = await openApp();
    await app.inject('/metrics');
    deps.store.inboxDepth = async () => {
      throw new HubError('store_unavailable', 'away');
    };
    const response = await app.inject('/metrics');
    expect(response.statusCode).toBe(200);
    expect(response.body).toContain('heliograph_store_up 0');
    expect(response.body).not.toContain('heliograph_inbox_rows');
    expect(logLines.join('')).toContain('metrics.store_unavailable');
  });

  test('of the steps, by their counters', async () => {
    const { registry, counters } = hubMetrics();
    counters.accepted(3);
    counters.forged(2);
    counters.wrongSecret(1);
    const text = await registry.metrics();
    expect(text).toContain('heliograph_notifications_accepted_total 3');
    expect(text).toContain('heliograph_notifications_forged_total 2');
    expect(text).toContain('heliograph_client_states_wrong_secret_total 1');
  });

  test('of appends: what was new, how long it waited, what was there already', async () => {
    const { registry, counters } = hubMetrics();
    const clock = adjustableClock();
    const time = new Date(clock.now() - 2_000).toISOString();
    const store = meteredStore(appending({ status: 'appended', head: 2, duplicates: [1] }), counters, clock);
    const events = ['A', 'B', 'A'].map((type) => newEvent({ type, time }));
    const aside = {
      posts: '',
      acceptedAt: time,
      code: 'unreadable' as const,
      message: '',
      subscriptionKey: null,
      resource: null,
    };
    await store.appendEvents(appendOf(events, { setAside: [aside] }));
    const text = await registry.metrics();
    expect(text).toContain('heliograph_events_appended_total{type="A",origin="notification"} 2');
    expect(text).not.toContain('type="B"');
    expect(text).toContain('heliograph_events_duplicate_total 1');
    expect(text).toContain('heliograph_notifications_set_aside_total{code="unreadable"} 1');
    expect(text).toContain('heliograph_accepted_to_appended_seconds_sum{origin="notification"} 4');
  });

  test('of appends that wrote nothing: nothing', async () => {
    const { registry, counters } = hubMetrics();
    const store = meteredStore(appending({ status: 'stale', indices: [0] }), counters, adjustableClock());
    expect(await store.appendEvents(appendOf([newEvent()]))).toEqual({ status: 'stale', indices: [0] });
    expect(await registry.metrics()).not.toContain('heliograph_events_appended_total{');
  });

  test('of sends, by what they came to', async () => {
    const { registry, counters } = hubMetrics();
    const channel = meteredChannel(
      {
        sendToGroup: async () => ({ status: 'failed', code: 'x', message: 'y' }),
        clientUrl: async () => '',
        ping: async () => {},
      },
      'realtime',
      counters,
    );
    await channel.sendToGroup('g', '{}');
    expect(await registry.metrics()).toContain(
      'heliograph_deliveries_total{destination="realtime",outcome="failed"} 1',
    );
  });
});

function appending(result: AppendResult): Pick<EventLog, 'appendEvents'> {
  return { appendEvents: async () => result };
}
