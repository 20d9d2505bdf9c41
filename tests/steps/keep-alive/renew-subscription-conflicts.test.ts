import { describe, expect, it } from 'vitest';
import { renewSubscription } from '../../../src/steps/keep-alive/renew-subscription.ts';
import {
  ANNA,
  refused,
  smallSubscriptions,
  THROTTLED,
  UNREACHABLE,
} from '../../support/small-subscriptions.ts';

const LATER = '2026-01-08T00:00:00.000Z';

describe('a create that Graph calls a conflict', () => {
  const orphan = {
    id: 'orphan',
    resource: `Users/${ANNA}/Messages`,
    changeType: 'updated,deleted,created',
    notificationUrl: 'https://hub.example/graph/notifications',
    expiresAt: LATER,
  };

  function conflicting(existing: (typeof orphan)[]) {
    const small = smallSubscriptions();
    const create = small.graph.create;
    small.graph.list = () => ({ status: 'ok', value: existing });
    small.graph.create = (ask) => (small.calls.includes('delete orphan') ? create(ask) : refused(409));
    return small;
  }

  it('with what we made and did not live to record is made anew', async () => {
    const { deps, put, of, calls } = conflicting([
      { ...orphan, id: 'other', resource: 'users/x/messages' },
      orphan,
    ]);
    const key = put();
    expect(await renewSubscription(deps, key)).toEqual({ status: 'created' });
    expect(calls.map((call) => call.split(' ')[0])).toEqual([
      'create',
      'list',
      'remember',
      'delete',
      'create',
    ]);
    expect(calls.slice(2, 4)).toEqual(['remember orphan', 'delete orphan']);
    expect(of(key)).toMatchObject({ status: 'active', graphId: 'graph-1' });
  });

  it('by an act that was taken over meanwhile leaves the orphan to the other', async () => {
    const { deps, put, graph, calls } = conflicting([orphan]);
    const key = put();
    const { list } = graph;
    graph.list = async () => {
      await deps.store.markDeleting(key);
      return list();
    };
    expect(await renewSubscription(deps, key)).toEqual({ status: 'busy' });
    expect(calls).toEqual([`create users/${ANNA}/messages`, 'list']);
  });

  it('with an orphan that is gone by itself meanwhile is made anew', async () => {
    const { deps, put, graph } = conflicting([orphan]);
    graph.remove = () => refused(404);
    expect(await renewSubscription(deps, put())).toEqual({ status: 'created' });
  });

  it.each([
    ['endpoint', { notificationUrl: 'https://another.example/graph/notifications' }],
    ['resource', { resource: `users/${ANNA}/events` }],
    ['set of change types', { changeType: 'created' }],
    ['kind of resource, unknown to us', { resource: 'sites/s/lists/l' }],
  ])('with one of another %s is refused, and nothing is deleted', async (_, other) => {
    const { deps, put, calls } = conflicting([{ ...orphan, ...other }]);
    expect(await renewSubscription(deps, put())).toMatchObject({
      status: 'refused',
      code: 'already_at_graph',
    });
    expect(calls).toEqual([`create users/${ANNA}/messages`, 'list']);
  });

  it.each([
    ['list', THROTTLED],
    ['list', UNREACHABLE],
    ['remove', THROTTLED],
    ['remove', UNREACHABLE],
  ] as const)('is put off, not refused, when Graph cannot be asked to %s (%o)', async (verb, answer) => {
    const { deps, put, of, graph } = conflicting([orphan]);
    graph[verb] = () => answer;
    const key = put();
    expect((await renewSubscription(deps, key)).status).toBe('deferred');
    expect(of(key)?.status).toBe('creating');
  });

  it.each(['list', 'remove'] as const)('is refused where Graph does not let us %s', async (verb) => {
    const { deps, put, graph } = conflicting([orphan]);
    graph[verb] = () => refused(403);
    expect(await renewSubscription(deps, put())).toMatchObject({
      status: 'refused',
      code: 'already_at_graph',
    });
  });
});

describe('a principal name in the path', () => {
  const resource = 'users/anna@contoso.example/mailFolders/inbox/messages';

  it('becomes the id it stands for, before Graph is asked to watch', async () => {
    const { deps, put, of, calls } = smallSubscriptions();
    const key = put({ resource });
    expect(await renewSubscription(deps, key)).toEqual({ status: 'created' });
    expect(calls).toEqual([
      'get users/anna@contoso.example?$select=id',
      `create users/${ANNA}/mailFolders/inbox/messages`,
    ]);
    expect(of(key)?.resource).toBe(`users/${ANNA}/mailFolders/inbox/messages`);
  });

  it('of what another of ours watches is a conflict: one that was accepted before says so and does not vanish', async () => {
    const { deps, put, of, calls } = smallSubscriptions();
    const other = put({ resource: `users/${ANNA}/mailFolders/inbox/messages` });
    const key = put({ resource });
    expect(await renewSubscription(deps, key)).toEqual({ status: 'conflict', key: other });
    expect(of(key)).toMatchObject({
      status: 'failing',
      reason: { code: 'already_watched', message: expect.stringContaining(other) },
    });
    expect(calls).toHaveLength(1);
  });

  it('of what another of ours watches is not kept where who asked for it is told so now', async () => {
    const { deps, put, of } = smallSubscriptions();
    const other = put({ resource: `users/${ANNA}/mailFolders/inbox/messages` });
    const key = put({ resource });
    expect(await renewSubscription(deps, key, 'forget')).toEqual({ status: 'conflict', key: other });
    expect(of(key)).toBeUndefined();
  });

  it('that may not be looked up says what permission that takes, not which one the mail takes', async () => {
    const { deps, put, of, graph } = smallSubscriptions();
    graph.get = () => refused(403);
    const key = put({ resource });
    expect(await renewSubscription(deps, key)).toMatchObject({ status: 'refused', code: 'consent_missing' });
    expect(of(key)?.reason?.remedy).toMatch(/User\.Read\.All.*object id/);
    expect(of(key)?.reason?.remedy).not.toContain('Mail.Read');
  });

  it.each([
    ['refused', refused(404), 'refused'],
    ['throttled', THROTTLED, 'deferred'],
    ['unreachable', UNREACHABLE, 'deferred'],
    ['answered with nonsense', { status: 'ok', value: { id: '../groups/g' } } as const, 'refused'],
    ['answered with nothing', { status: 'ok', value: null } as const, 'refused'],
  ])('that is %s is not watched', async (_, answer, status) => {
    const { deps, put, graph, asks } = smallSubscriptions();
    graph.get = () => answer;
    expect((await renewSubscription(deps, put({ resource }))).status).toBe(status);
    expect(asks).toEqual([]);
  });
});
