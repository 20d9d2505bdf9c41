import { describe, expect, it } from 'vitest';
import { clientStateSecret, verifyClientState } from '../../../src/core/client-state.ts';
import { CLAIM } from '../../../src/steps/keep-alive/hold-claim.ts';
import { renewDue } from '../../../src/steps/keep-alive/renew-due.ts';
import { renewSubscription } from '../../../src/steps/keep-alive/renew-subscription.ts';
import { ANNA, refused, smallSubscriptions, UNREACHABLE } from '../../support/small-subscriptions.ts';
import { until } from '../../support/until.ts';

const ALIVE = {
  status: 'active',
  graphId: 'graph-0',
  expiresAt: '2026-01-08T00:00:00.000Z',
  lastNotificationAt: '2026-01-02T00:00:00.000Z',
} as const;

const NEVER = new Promise<never>(() => {});

describe('an act whose process was killed', () => {
  it('before Graph answered is taken over once its claim has ended', async () => {
    const { deps, put, of, graph, clock } = smallSubscriptions();
    const { renew } = graph;
    graph.renew = () => NEVER;
    const key = put(ALIVE);
    void renewSubscription(deps, key);
    clock.advance(CLAIM.leaseMs - 1);
    expect(await renewSubscription(deps, key)).toEqual({ status: 'busy' });
    clock.advance(1);
    graph.renew = renew;
    expect(await renewDue(deps)).toEqual([{ key, status: 'active' }]);
    expect(Date.parse(of(key)?.renewAt ?? '')).toBeGreaterThan(clock.now());
  });

  it('after Graph had created and before that was recorded leaves one subscription at Graph', async () => {
    const { deps, put, of, graph, clock, asks } = smallSubscriptions();
    const { create } = graph;
    const atGraph = new Map<string, (typeof asks)[number]>();
    graph.create = async (ask) => {
      if (atGraph.size > 0) return refused(409);
      const answer = await create(ask);
      if (answer.status === 'ok') atGraph.set(answer.value.id, ask);
      return atGraph.has('graph-1') ? NEVER : answer;
    };
    graph.list = () => ({
      status: 'ok',
      value: [...atGraph].map(([id, { resource, changeTypes, notificationUrl, expiresAt }]) => ({
        id,
        resource,
        changeType: changeTypes.join(),
        notificationUrl,
        expiresAt,
      })),
    });
    graph.remove = (id) => (atGraph.delete(id) ? { status: 'ok', value: null } : refused(404));
    const key = put();
    void renewSubscription(deps, key);
    await until(() => atGraph.size === 1);
    clock.advance(CLAIM.leaseMs);
    expect(await renewSubscription(deps, key)).toEqual({ status: 'created' });
    expect([...atGraph.keys()]).toEqual(['graph-2']);
    expect(of(key)?.graphId).toBe('graph-2');
  });

  it('after Graph had deleted is finished by the next', async () => {
    const { deps, put, of, graph, clock } = smallSubscriptions();
    graph.remove = () => NEVER;
    const key = put({ ...ALIVE, status: 'deleting' });
    void renewSubscription(deps, key);
    clock.advance(CLAIM.leaseMs);
    graph.remove = () => refused(404);
    expect(await renewSubscription(deps, key)).toEqual({ status: 'deleted' });
    expect(of(key)).toBeUndefined();
  });
});

describe('an act that was overtaken', () => {
  it('by a deletion, and hears from Graph that it is gone, makes nothing anew and records no hole', async () => {
    const { deps, put, of, graph, calls, gaps } = smallSubscriptions();
    graph.renew = async () => {
      await deps.store.markDeleting(key);
      expect(await renewSubscription(deps, key)).toEqual({ status: 'deleted' });
      return refused(404);
    };
    const key = put(ALIVE);
    expect(await renewSubscription(deps, key)).toEqual({ status: 'busy' });
    expect(of(key)).toBeUndefined();
    expect(calls).toEqual(['renew graph-0', 'delete graph-0']);
    expect(gaps).toEqual([]);
  });

  it('while it made it anew takes down what it made, and records no hole', async () => {
    const { deps, put, of, graph, calls, gaps } = smallSubscriptions();
    const { create } = graph;
    graph.create = async (ask) => {
      await deps.store.markDeleting(key);
      return create(ask);
    };
    const key = put({ ...ALIVE, status: 'removed', graphId: null });
    expect(await renewSubscription(deps, key)).toEqual({ status: 'busy' });
    expect(of(key)?.status).toBe('deleting');
    expect(calls).toEqual([`create users/${ANNA}/messages`, 'delete graph-1']);
    expect(gaps).toEqual([]);
  });

  it('says so when Graph does not take down what it made', async () => {
    const { deps, put, graph, lines } = smallSubscriptions();
    const { create } = graph;
    graph.create = async (ask) => {
      await deps.store.markDeleting(key);
      return create(ask);
    };
    graph.remove = () => UNREACHABLE;
    const key = put();
    await renewSubscription(deps, key);
    expect(lines).toContainEqual({
      level: 'warn',
      act: 'subscription.disowned',
      fields: { key, graphId: 'graph-1' },
    });
  });
});

describe('a subscription that Graph turned out to have no longer', () => {
  it('counts as removed, and says why, before another is made in its place', async () => {
    const { deps, put, of, graph } = smallSubscriptions();
    graph.renew = () => refused(404);
    const { create } = graph;
    graph.create = (ask) => {
      expect(of(key)).toMatchObject({
        status: 'removed',
        graphId: null,
        reason: { code: 'removed_by_graph' },
      });
      return create(ask);
    };
    const key = put(ALIVE);
    expect(await renewSubscription(deps, key)).toEqual({ status: 'created' });
    expect(of(key)).toMatchObject({ status: 'active', reason: null });
  });

  it('and cannot be made anew now stays removed', async () => {
    const { deps, put, of, graph } = smallSubscriptions();
    graph.renew = () => refused(404);
    graph.create = () => UNREACHABLE;
    const key = put(ALIVE);
    expect((await renewSubscription(deps, key)).status).toBe('deferred');
    expect(of(key)).toMatchObject({ status: 'removed', reason: { code: 'graph_unreachable' } });
  });
});

describe('a rotated SECRETS_KEY', () => {
  it('is that of what is made anew; what is renewed goes on with the state Graph has', async () => {
    const { deps, put, graph, asks } = smallSubscriptions();
    const [newer, older] = [5, 6].map((byte) => clientStateSecret(Buffer.alloc(32, byte)));
    if (newer === undefined || older === undefined) throw new Error('two were made');
    const key = put(ALIVE);
    expect(await renewSubscription({ ...deps, clientStateSecrets: [older] }, key)).toEqual({
      status: 'renewed',
    });
    expect(await renewSubscription({ ...deps, clientStateSecrets: [newer, older] }, key)).toEqual({
      status: 'renewed',
    });
    expect(asks).toEqual([]);
    graph.renew = () => refused(404);
    await renewSubscription({ ...deps, clientStateSecrets: [newer, older] }, key);
    expect(verifyClientState([newer], asks[0]?.clientState)).toEqual({ status: 'proven', key });
  });

  it('that does not prove what Graph has is not mended by a renewal, but by another in its place', async () => {
    const { deps, put, of, graph } = smallSubscriptions();
    const reason = { code: 'wrong_secret', message: 'x', remedy: 'x', since: '2026-01-02T03:04:05.000Z' };
    const key = put({ ...ALIVE, status: 'failing', reason });
    expect(await renewSubscription(deps, key)).toEqual({ status: 'renewed' });
    expect(of(key)).toMatchObject({ status: 'failing', reason });
    expect(of(key)?.expiresAt).not.toBe(ALIVE.expiresAt);
    // Nor is it forgotten over other trouble, which comes and goes.
    graph.renew = () => ({ status: 'unreachable', message: 'no route' });
    expect(await renewSubscription(deps, key)).toMatchObject({ status: 'deferred' });
    expect(of(key)).toMatchObject({ status: 'failing', reason });
    graph.renew = () => refused(404);
    expect(await renewSubscription(deps, key)).toEqual({ status: 'created' });
    expect(of(key)).toMatchObject({ status: 'active', reason: null });
  });
});
