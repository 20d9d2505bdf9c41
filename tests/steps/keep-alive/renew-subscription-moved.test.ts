import { describe, expect, it } from 'vitest';
import { renewSubscription } from '../../../src/steps/keep-alive/renew-subscription.ts';
import { ANNA, smallSubscriptions, UNREACHABLE } from '../../support/small-subscriptions.ts';

const ALIVE = { status: 'active', graphId: 'graph-0', expiresAt: '2026-01-08T00:00:00.000Z' } as const;

describe('a subscription that is renewed', () => {
  it.each([
    ['https://hub.example/graph/notifications', 'renewed'],
    ['https://HUB.example:443/graph/notifications', 'renewed'],
    ['', 'renewed'],
    ['https://old.example/graph/notifications', 'created'],
  ])('and posts to %j is %s', async (notificationUrl, status) => {
    const { deps, put, of, calls, gaps, graph } = smallSubscriptions();
    graph.renew = (id, expiresAt) => ({
      status: 'ok',
      value: { id, resource: '', changeType: '', notificationUrl, expiresAt },
    });
    const key = put(ALIVE);
    expect(await renewSubscription(deps, key)).toEqual({ status });
    expect(of(key)?.status).toBe('active');
    if (status === 'renewed') return;
    expect(calls).toEqual(['renew graph-0', 'delete graph-0', `create users/${ANNA}/messages`]);
    expect(of(key)?.graphId).toBe('graph-1');
    expect(gaps).toHaveLength(1);
  });

  it('and posts elsewhere stays as it is while Graph does not delete it', async () => {
    const { deps, put, of, graph } = smallSubscriptions();
    const notificationUrl = 'https://old.example/graph/notifications';
    graph.renew = (id, expiresAt) => ({
      status: 'ok',
      value: { id, resource: '', changeType: '', notificationUrl, expiresAt },
    });
    graph.remove = () => UNREACHABLE;
    const key = put(ALIVE);
    expect((await renewSubscription(deps, key)).status).toBe('deferred');
    expect(of(key)).toMatchObject({ graphId: 'graph-0', reason: { code: 'graph_unreachable' } });
  });
});
