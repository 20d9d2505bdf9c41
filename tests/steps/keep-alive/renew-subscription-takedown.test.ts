import { describe, expect, it } from 'vitest';
import { renewSubscription } from '../../../src/steps/keep-alive/renew-subscription.ts';
import {
  ANNA,
  refused,
  smallSubscriptions,
  THROTTLED,
  UNREACHABLE,
} from '../../support/small-subscriptions.ts';

const NOW = '2026-01-02T03:04:05.000Z';
const ALIVE = { graphId: 'graph-0', expiresAt: '2026-01-08T00:00:00.000Z' };

describe('a subscription that shall not be at Graph', () => {
  it.each([
    ['taken', { status: 'ok', value: null } as const],
    ['gone', refused(404)],
    ['not ours to ask about any more', refused(403)],
    ['of a tenant without a credential', { ...refused(401), code: 'no_credential' } as const],
  ])('is paused or deleted when it is %s', async (_, answer) => {
    const { deps, put, of, graph, calls } = smallSubscriptions();
    graph.remove = () => answer;
    const reason = { code: 'x', message: 'x', remedy: 'x', since: NOW };
    const paused = put({ ...ALIVE, status: 'paused', reason });
    expect(await renewSubscription(deps, paused)).toEqual({ status: 'paused' });
    expect(of(paused)).toMatchObject({
      status: 'paused',
      graphId: null,
      expiresAt: null,
      renewAt: null,
      reason: null,
    });
    const deleting = put({ ...ALIVE, status: 'deleting' });
    expect(await renewSubscription(deps, deleting)).toEqual({ status: 'deleted' });
    expect(of(deleting)).toBeUndefined();
    expect(calls).toEqual(['delete graph-0', 'delete graph-0']);
  });

  it.each([
    [THROTTLED, 'deferred', 'graph_throttles', 'Graph throttles this app.'],
    [UNREACHABLE, 'deferred', 'graph_unreachable', 'Graph cannot be reached: no route'],
    [refused(400), 'failing', 'refused_by_graph', 'Graph said no.'],
    [refused(409), 'failing', 'refused_by_graph', 'Graph said no.'],
  ])(
    'is tried again when Graph does not do it (%o), and says why: %s, %s, %s',
    async (answer, outcome, code, message) => {
      const { deps, put, of, graph, clock } = smallSubscriptions();
      graph.remove = () => answer;
      for (const status of ['paused', 'deleting'] as const) {
        const key = put({ ...ALIVE, status });
        expect((await renewSubscription(deps, key)).status).toBe(outcome);
        expect(of(key)).toMatchObject({ status, graphId: 'graph-0', reason: { code, message, since: NOW } });
        expect(Date.parse(of(key)?.renewAt ?? '')).toBeGreaterThan(clock.now());
      }
    },
  );

  it('and whose sign-in is refused is asked for again, for Graph goes on posting, until it has run out there', async () => {
    const { deps, put, of, graph, clock } = smallSubscriptions();
    graph.remove = () => refused(401);
    const key = put({ ...ALIVE, status: 'deleting' });
    expect(await renewSubscription(deps, key)).toMatchObject({
      status: 'failing',
      code: 'credential_refused',
    });
    expect(of(key)).toMatchObject({ status: 'deleting', reason: { code: 'credential_refused' } });
    clock.set(ALIVE.expiresAt);
    expect(await renewSubscription(deps, key)).toEqual({ status: 'deleted' });
    expect(of(key)).toBeUndefined();
  });

  it('and is deleted or let go on by somebody else meanwhile is left to them', async () => {
    const { deps, put, of, graph } = smallSubscriptions();
    const deleting = put({ ...ALIVE, status: 'deleting' });
    const paused = put({ ...ALIVE, status: 'paused' });
    graph.remove = async () => {
      await deps.store.markDeleting(deleting);
      await deps.store.markDeleting(paused);
      return { status: 'ok', value: null };
    };
    expect(await renewSubscription(deps, deleting)).toEqual({ status: 'busy' });
    expect(await renewSubscription(deps, paused)).toEqual({ status: 'busy' });
    expect([of(deleting)?.graphId, of(paused)?.graphId]).toEqual(['graph-0', 'graph-0']);
  });
});

describe('a subscription that shall not be at Graph and has no id there', () => {
  const LEFT = {
    id: 'orphan',
    resource: `users/${ANNA}/messages`,
    changeType: 'created,updated,deleted',
    notificationUrl: 'https://hub.example/graph/notifications',
    expiresAt: ALIVE.expiresAt,
  };

  it('is paused or deleted when Graph has none of it', async () => {
    const { deps, put, of, calls } = smallSubscriptions();
    const paused = put({ status: 'paused' });
    expect(await renewSubscription(deps, paused)).toEqual({ status: 'paused' });
    const deleting = put({ status: 'deleting' });
    expect(await renewSubscription(deps, deleting)).toEqual({ status: 'deleted' });
    expect([of(paused)?.status, of(deleting), calls]).toEqual(['paused', undefined, ['list', 'list']]);
  });

  it.each(['paused', 'deleting'] as const)(
    'and is %s leaves nothing at Graph of a create that was cut off before its answer was recorded',
    async (status) => {
      const { deps, put, graph, calls } = smallSubscriptions();
      graph.list = () => ({ status: 'ok', value: [LEFT] });
      const { status: outcome } = await renewSubscription(deps, put({ status }));
      expect(outcome).toBe(status === 'paused' ? 'paused' : 'deleted');
      expect(calls).toEqual(['list', 'remember orphan', 'delete orphan']);
    },
  );

  it('takes nothing from one that watches the same by now', async () => {
    const { deps, put, of, graph, calls } = smallSubscriptions();
    graph.list = () => ({ status: 'ok', value: [LEFT] });
    const key = put({ status: 'deleting' });
    put({ status: 'creating' });
    expect(await renewSubscription(deps, key)).toEqual({ status: 'deleted' });
    expect(of(key)).toBeUndefined();
    expect(calls).not.toContain('delete orphan');
  });

  it.each([THROTTLED, UNREACHABLE])(
    'goes on being deleted while Graph cannot be asked: %o',
    async (answer) => {
      const { deps, put, of, graph } = smallSubscriptions();
      graph.list = () => answer;
      const key = put({ status: 'deleting' });
      expect((await renewSubscription(deps, key)).status).toBe('deferred');
      expect(of(key)?.status).toBe('deleting');
    },
  );

  it('because its path still has a name, or is of no resource we know, needs no asking', async () => {
    const { deps, put, calls } = smallSubscriptions();
    for (const resource of ['users/anna@contoso.example/messages', 'sites/s/lists/l'])
      expect(await renewSubscription(deps, put({ status: 'deleting', resource }))).toEqual({
        status: 'deleted',
      });
    expect(calls).toEqual([]);
  });
});
