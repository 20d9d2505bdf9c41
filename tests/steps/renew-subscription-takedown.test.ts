import { describe, expect, it } from 'vitest';
import { renewSubscription } from '../../src/steps/renew-subscription.ts';
import { refused, smallSubscriptions, THROTTLED, UNREACHABLE } from '../support/small-subscriptions.ts';

const NOW = '2026-01-02T03:04:05.000Z';
const ALIVE = { graphId: 'graph-0', expiresAt: '2026-01-08T00:00:00.000Z' };

describe('a subscription that shall not be at Graph', () => {
  it.each([
    ['taken', { status: 'ok', value: null } as const],
    ['gone', refused(404)],
    ['not ours to ask about any more', refused(403)],
    ['of a credential that is refused', refused(401)],
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

  it('and never was there is paused or deleted without asking', async () => {
    const { deps, put, of, calls } = smallSubscriptions();
    const paused = put({ status: 'paused' });
    expect(await renewSubscription(deps, paused)).toEqual({ status: 'paused' });
    const deleting = put({ status: 'deleting' });
    expect(await renewSubscription(deps, deleting)).toEqual({ status: 'deleted' });
    expect([of(paused)?.status, of(deleting), calls]).toEqual(['paused', undefined, []]);
  });
});
