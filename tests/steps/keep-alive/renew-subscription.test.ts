import { describe, expect, it } from 'vitest';
import { clientStateSecret, verifyClientState } from '../../../src/core/client-state.ts';
import { renewSubscription } from '../../../src/steps/keep-alive/renew-subscription.ts';
import {
  ANNA,
  refused,
  smallSubscriptions,
  TENANT,
  THROTTLED,
  UNREACHABLE,
} from '../../support/small-subscriptions.ts';

const NOW = '2026-01-02T03:04:05.000Z';
const LATER = '2026-01-08T00:00:00.000Z';
const ALIVE = {
  status: 'active',
  graphId: 'graph-0',
  expiresAt: LATER,
  lastNotificationAt: '2026-01-02T00:00:00.000Z',
} as const;
const DAY = 86_400_000;

describe('while the hub stops', () => {
  it.each([
    ['creating', {}],
    ['active', ALIVE],
  ] as const)('one that is %s stays so, says why, and is asked for again later', async (status, fields) => {
    const { deps, graph, put, of, stop, clock } = smallSubscriptions();
    graph.create = graph.renew = () => refused(400, 'Subscription validation request timed out.');
    const key = put({ ...fields, status });
    stop();
    expect(await renewSubscription(deps, key)).toEqual({ status: 'stopping' });
    expect(of(key)).toMatchObject({ status, reason: { code: 'hub_stopped' } });
    expect(Date.parse(of(key)?.renewAt ?? '')).toBeGreaterThan(clock.now());
  });

  it('any other refusal means what it always means', async () => {
    const { deps, graph, put, of, stop } = smallSubscriptions();
    graph.renew = () => refused(403);
    const key = put(ALIVE);
    stop();
    expect((await renewSubscription(deps, key)).status).toBe('failing');
    expect(of(key)?.reason?.code).toBe('consent_missing');
  });
});

describe('a subscription that is being created', () => {
  it('is asked for with both URLs, a state that proves itself, immutable ids and nearly the longest lifetime', async () => {
    const { deps, put, of, asks, gaps } = smallSubscriptions();
    const key = put();
    expect(await renewSubscription(deps, key)).toEqual({ status: 'created' });
    expect(asks).toEqual([
      {
        changeTypes: ['created', 'updated', 'deleted'],
        resource: `users/${ANNA}/messages`,
        notificationUrl: 'https://hub.example/graph/notifications',
        lifecycleNotificationUrl: 'https://hub.example/graph/lifecycle',
        expiresAt: new Date(Date.parse(NOW) + 7 * DAY - 300_000).toISOString(),
        clientState: expect.any(String),
        immutableIds: true,
      },
    ]);
    expect(verifyClientState([clientStateSecret(Buffer.alloc(32, 5))], asks[0]?.clientState)).toEqual({
      status: 'proven',
      key,
    });
    const kept = of(key);
    expect(kept).toMatchObject({
      status: 'active',
      graphId: 'graph-1',
      reason: null,
      expiresAt: asks[0]?.expiresAt,
    });
    const left = Date.parse(kept?.expiresAt ?? '') - Date.parse(kept?.renewAt ?? '');
    expect(left / (7 * DAY)).toBeCloseTo(0.375, 2);
    expect(gaps).toEqual([]);
  });

  it.each([
    ['throttled', THROTTLED, 'graph_throttles', 90_000],
    ['unreachable', UNREACHABLE, 'graph_unreachable', 22_500],
  ])('and is %s goes on being created, says why, and is tried again', async (_, answer, code, waitMs) => {
    const { deps, graph, put, of, clock } = smallSubscriptions();
    graph.create = () => answer;
    const key = put();
    expect((await renewSubscription(deps, key)).status).toBe('deferred');
    expect(of(key)).toMatchObject({
      status: 'creating',
      reason: { code, since: NOW },
      renewAt: new Date(clock.now() + waitMs).toISOString(),
    });
    clock.advance(waitMs);
    expect((await renewSubscription(deps, key)).status).toBe('deferred');
    expect(of(key)?.reason?.since).toBe(NOW);
    expect(Date.parse(of(key)?.renewAt ?? '') - clock.now()).toBeGreaterThan(30_000);
  });

  it.each([400, 401, 403, 404])(
    'and refused for good (%s) says so, and does not vanish by itself',
    async (httpStatus) => {
      const { deps, graph, put, of } = smallSubscriptions();
      graph.create = () => refused(httpStatus);
      const key = put();
      expect(await renewSubscription(deps, key)).toMatchObject({
        status: 'refused',
        message: 'Graph said no.',
      });
      expect(of(key)).toMatchObject({ status: 'failing', reason: { message: 'Graph said no.', since: NOW } });
    },
  );

  it('and deleted meanwhile leaves nothing at Graph', async () => {
    const { deps, graph, put, calls, subscriptions } = smallSubscriptions();
    const key = put();
    const create = graph.create;
    graph.create = async (ask) => {
      await deps.store.markDeleting(key);
      expect(await renewSubscription(deps, key)).toEqual({ status: 'deleted' });
      return create(ask);
    };
    expect(await renewSubscription(deps, key)).toEqual({ status: 'busy' });
    expect(calls.at(-1)).toBe('delete graph-1');
    expect(subscriptions.size).toBe(0);
  });

  it('by two at once is created once', async () => {
    const { deps, put, asks } = smallSubscriptions();
    const key = put();
    const outcomes = await Promise.all([renewSubscription(deps, key), renewSubscription(deps, key)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['created', 'busy']);
    expect(asks).toHaveLength(1);
  });

  it('and is of no resource of this version is refused without asking Graph', async () => {
    const { deps, put, calls, of } = smallSubscriptions();
    const key = put({ resource: 'sites/s/lists/l' });
    expect(await renewSubscription(deps, key)).toMatchObject({ status: 'refused', code: 'unknown_resource' });
    expect(of(key)?.status).toBe('failing');
    expect(calls).toEqual([]);
  });

  it('and is not there is missing', async () => {
    expect(await renewSubscription(smallSubscriptions().deps, 'nobody')).toEqual({ status: 'missing' });
  });
});

describe('a subscription that lives', () => {
  it.each(['active', 'failing'] as const)(
    'and is %s is renewed by one PATCH, and is well',
    async (status) => {
      const { deps, put, of, calls, gaps } = smallSubscriptions();
      const reason = { code: 'x', message: 'x', remedy: 'x', since: NOW };
      const key = put({ ...ALIVE, status, reason, failures: 3 });
      expect(await renewSubscription(deps, key)).toEqual({ status: 'renewed' });
      expect(calls).toEqual(['renew graph-0']);
      expect(of(key)).toMatchObject({ status: 'active', reason: null, graphId: 'graph-0' });
      expect(Date.parse(of(key)?.expiresAt ?? '')).toBe(Date.parse(NOW) + 7 * DAY - 300_000);
      expect(gaps).toEqual([]);
    },
  );

  it('and is gone at Graph is made anew, and the hole is on the record', async () => {
    const { deps, put, of, calls, gaps, heads, graph } = smallSubscriptions();
    graph.renew = () => refused(404);
    const key = put(ALIVE);
    expect(await renewSubscription(deps, key)).toEqual({ status: 'created' });
    expect(calls).toEqual(['renew graph-0', `create users/${ANNA}/messages`]);
    expect(of(key)).toMatchObject({ status: 'active', graphId: 'graph-1' });
    expect(gaps).toMatchObject([{ type: 'heliograph.gap', subscriptionKey: key, tenantId: TENANT }]);
    expect(heads).toEqual([1]);
    expect(JSON.parse(gaps[0]?.data ?? '')).toEqual({
      cause: 'subscription_removed',
      from: ALIVE.lastNotificationAt,
      to: NOW,
    });
  });

  it.each([
    ['throttled', THROTTLED, 'removed'],
    ['unreachable', UNREACHABLE, 'removed'],
    ['refused', refused(403), 'failing'],
  ])('and is gone, and cannot be made anew (%s), does not count as active', async (_, answer, status) => {
    const { deps, put, of, graph } = smallSubscriptions();
    graph.renew = () => refused(404);
    graph.create = () => answer;
    const key = put(ALIVE);
    await renewSubscription(deps, key);
    expect(of(key)?.status).toBe(status);
    expect(of(key)?.reason).not.toBeNull();
  });

  it('and was removed by Graph is made anew; a hole that cannot be recorded is recorded by the next try', async () => {
    const { deps, put, of, calls, gaps } = smallSubscriptions();
    const key = put({ status: 'removed', createdAt: '2026-01-01T00:00:00.000Z' });
    const { appendEvents } = deps.store;
    deps.store.appendEvents = () => Promise.reject(new Error('no database'));
    await expect(renewSubscription(deps, key)).rejects.toThrow('no database');
    deps.store.appendEvents = appendEvents;
    await deps.store.settleSubscription(key, 1, { failures: 0 });
    expect(await renewSubscription(deps, key)).toEqual({ status: 'created' });
    expect(calls).toEqual([`create users/${ANNA}/messages`, `create users/${ANNA}/messages`]);
    expect(gaps).toHaveLength(1);
    expect(JSON.parse(gaps[0]?.data ?? '')).toMatchObject({ from: '2026-01-01T00:00:00.000Z' });
    expect(of(key)?.status).toBe('active');
  });

  it('and was removed by Graph is not well while the log refuses the hole', async () => {
    const { deps, put, of } = smallSubscriptions();
    const key = put({ status: 'removed' });
    deps.store.appendEvents = () => Promise.resolve({ status: 'refused', message: 'bad' });
    await expect(renewSubscription(deps, key)).rejects.toMatchObject({ code: 'internal' });
    expect(of(key)?.status).toBe('removed');
  });

  it('and has no id at Graph is made anew', async () => {
    const { deps, put, calls } = smallSubscriptions();
    expect(await renewSubscription(deps, put({ status: 'failing' }))).toEqual({ status: 'created' });
    expect(calls).toEqual([`create users/${ANNA}/messages`]);
  });

  it('and cannot be renewed now stays what it is while it is alive, and says why', async () => {
    const { deps, put, of, graph, clock, lines } = smallSubscriptions();
    graph.renew = () => UNREACHABLE;
    const key = put(ALIVE);
    expect(await renewSubscription(deps, key)).toEqual({
      status: 'deferred',
      code: 'graph_unreachable',
      reason: 'Graph cannot be reached: no route',
    });
    expect(of(key)).toMatchObject({
      status: 'active',
      graphId: 'graph-0',
      expiresAt: LATER,
      reason: { since: NOW },
    });
    expect(lines.at(-1)).toMatchObject({
      level: 'warn',
      act: 'subscription.acted',
      fields: { status: 'deferred', code: 'graph_unreachable' },
    });
    clock.set(LATER);
    await renewSubscription(deps, key);
    expect(of(key)).toMatchObject({ status: 'failing', reason: { code: 'graph_unreachable', since: NOW } });
    graph.renew = () => THROTTLED;
    await renewSubscription(deps, key);
    expect(of(key)).toMatchObject({ status: 'failing', reason: { code: 'graph_throttles', since: NOW } });
  });

  it.each([400, 401, 403, 409])(
    'and is refused (%s) is failing, with Graph words and a remedy, and tried again',
    async (httpStatus) => {
      const { deps, put, of, graph, clock } = smallSubscriptions();
      graph.renew = () => refused(httpStatus);
      const key = put(ALIVE);
      expect(await renewSubscription(deps, key)).toMatchObject({
        status: 'failing',
        message: 'Graph said no.',
      });
      expect(of(key)).toMatchObject({
        status: 'failing',
        graphId: 'graph-0',
        reason: { message: 'Graph said no.', remedy: expect.stringMatching(/\w/), since: NOW },
        renewAt: new Date(clock.now() + 22_500).toISOString(),
      });
    },
  );

  it('and is of no resource of this version is failing without asking Graph', async () => {
    const { deps, put, calls } = smallSubscriptions();
    const key = put({ ...ALIVE, resource: 'sites/s/lists/l' });
    expect(await renewSubscription(deps, key)).toMatchObject({ status: 'failing', code: 'unknown_resource' });
    expect(calls).toEqual([]);
  });

  it('and is taken over while it is renewed is left to the other', async () => {
    const { deps, put, graph, calls } = smallSubscriptions();
    const key = put(ALIVE);
    const renew = graph.renew;
    graph.renew = async (...asked) => {
      await deps.store.markDeleting(key);
      return renew(...asked);
    };
    expect(await renewSubscription(deps, key)).toEqual({ status: 'busy' });
    expect(calls).toEqual(['renew graph-0']);
  });
});

describe('the line about an act', () => {
  it('names the subscription and what it came to, and no secret', async () => {
    const { deps, put, lines, asks } = smallSubscriptions();
    const key = put();
    await renewSubscription(deps, key);
    expect(lines).toEqual([
      {
        level: 'info',
        act: 'subscription.acted',
        fields: { key, tenant: TENANT, was: 'creating', status: 'created' },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain(asks[0]?.clientState);
  });
});
