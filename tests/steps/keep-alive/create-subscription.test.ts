import { describe, expect, it } from 'vitest';
import { isSubscriptionKey } from '../../../src/core/client-state.ts';
import {
  createSubscription,
  type SubscriptionWish,
} from '../../../src/steps/keep-alive/create-subscription.ts';
import { deleteSubscription } from '../../../src/steps/keep-alive/delete-subscription.ts';
import { renewDue } from '../../../src/steps/keep-alive/renew-due.ts';
import {
  ANNA,
  refused,
  smallSubscriptions,
  TENANT,
  THROTTLED,
  UNREACHABLE,
} from '../../support/small-subscriptions.ts';

const MAIL: SubscriptionWish = { resource: `/Users/${ANNA}/Messages` };

describe('a wish', () => {
  it('that Graph accepts is created, with all that was left out filled in', async () => {
    const { deps, of } = smallSubscriptions();
    const outcome = await createSubscription(deps, MAIL);
    expect(outcome).toMatchObject({
      status: 'created',
      subscription: {
        tenant: TENANT,
        resource: `users/${ANNA}/messages`,
        changeTypes: ['created', 'updated', 'deleted'],
        rich: false,
        fetch: 'get',
        status: 'active',
        graphId: 'graph-1',
      },
    });
    const key = outcome.status === 'created' ? outcome.subscription.key : '';
    expect(isSubscriptionKey(key)).toBe(true);
    expect(of(key)).toMatchObject({ status: 'active' });
  });

  it('is kept as asked for, its change types in one order', async () => {
    const { deps } = smallSubscriptions();
    const wish = {
      ...MAIL,
      tenant: TENANT,
      changeTypes: ['deleted', 'created', 'deleted'],
      fetch: 'none',
    } as const;
    expect(await createSubscription(deps, wish)).toMatchObject({
      subscription: { changeTypes: ['created', 'deleted'], fetch: 'none' },
    });
    expect(await createSubscription(deps, { resource: 'users' })).toMatchObject({
      subscription: { changeTypes: ['updated', 'deleted'] },
    });
  });

  it('is created though a sweep comes while it is added: the fresh row is not due yet', async () => {
    const { deps } = smallSubscriptions();
    const { addSubscription } = deps.store;
    deps.store.addSubscription = async (wanted) => {
      const added = await addSubscription(wanted);
      expect(await renewDue(deps)).toEqual([]);
      return added;
    };
    expect((await createSubscription(deps, MAIL)).status).toBe('created');
  });

  it('gets another key each time', async () => {
    const { deps, subscriptions } = smallSubscriptions();
    for (let at = 0; at < 50; at++)
      await createSubscription(deps, { resource: `users/${ANNA}/mailFolders/f${at}/messages` });
    expect(subscriptions.size).toBe(50);
  });

  it.each([THROTTLED, UNREACHABLE])('is kept when Graph cannot be asked now (%o)', async (answer) => {
    const { deps, graph, subscriptions } = smallSubscriptions();
    graph.create = () => answer;
    expect(await createSubscription(deps, MAIL)).toMatchObject({
      status: 'accepted',
      subscription: { status: 'creating', graphId: null, reason: expect.anything() },
    });
    expect(subscriptions.size).toBe(1);
  });

  it('that Graph refuses for good is not kept, and Graph says why', async () => {
    const { deps, graph, subscriptions } = smallSubscriptions();
    graph.create = () => refused(403);
    expect(await createSubscription(deps, MAIL)).toMatchObject({
      status: 'refused',
      code: 'consent_missing',
      message: 'Graph said no.',
      remedy: expect.stringMatching(/Mail\.Read/),
    });
    expect(subscriptions.size).toBe(0);
  });

  it('is not taken by a hub that stops', async () => {
    const { deps, stop, calls, subscriptions } = smallSubscriptions();
    stop();
    expect(await createSubscription(deps, MAIL)).toEqual({ status: 'stopping' });
    expect([calls, subscriptions.size]).toEqual([[], 0]);
  });

  it('that Graph cannot validate because the hub stops meanwhile is not kept, and blames no address', async () => {
    const { deps, stop, graph, subscriptions } = smallSubscriptions();
    graph.create = () => {
      stop();
      return refused(400, 'Subscription validation request failed.');
    };
    expect(await createSubscription(deps, MAIL)).toEqual({ status: 'stopping' });
    expect(subscriptions.size).toBe(0);
  });

  it('that was asked for before the hub stops is created all the same where Graph accepts', async () => {
    const { deps, stop, graph } = smallSubscriptions();
    const { create } = graph;
    graph.create = (ask) => {
      stop();
      return create(ask);
    };
    expect((await createSubscription(deps, MAIL)).status).toBe('created');
  });

  it('that was kept and is refused later stays visible, with the reason', async () => {
    const { deps, graph, subscriptions } = smallSubscriptions();
    graph.create = () => UNREACHABLE;
    await createSubscription(deps, MAIL);
    graph.create = () => refused(403);
    const [kept] = subscriptions.values();
    Object.assign(kept ?? {}, { renewAt: '2026-01-01T00:00:00.000Z' });
    expect(await renewDue(deps)).toEqual([{ key: kept?.key, status: 'failing' }]);
    expect(kept?.reason?.code).toBe('consent_missing');
  });

  it('that another of ours has already is a conflict with that one', async () => {
    const { deps, put, subscriptions } = smallSubscriptions();
    const key = put();
    expect(await createSubscription(deps, MAIL)).toEqual({ status: 'conflict', key });
    expect(await createSubscription(deps, { resource: 'users/anna@contoso.example/messages' })).toEqual({
      status: 'conflict',
      key,
    });
    expect(subscriptions.size).toBe(1);
  });

  it.each([
    [{ resource: 'me/messages' }, '/resource', /an app has no me/],
    [{ resource: `/v1.0/users/${ANNA}/messages` }, '/resource', /give the path behind it alone/],
    [
      { resource: `https://graph.microsoft.com/beta/users/${ANNA}/messages` },
      '/resource',
      /a version of Graph/,
    ],
    [{ resource: '/ME' }, '/resource', /an app has no me/],
    [{ resource: `users/${ANNA}/messages?$filter=x` }, '/resource', /cannot have query options/],
    [{ resource: 'sites/s/lists/l' }, '/resource', /it watches users\/\{id\}\/messages, /],
    [{ resource: '' }, '/resource', /is not a resource/],
    [{ ...MAIL, tenant: 'another' }, '/tenant', /is not a tenant of this hub/],
    [
      { resource: 'users', changeTypes: ['created'] },
      '/changeTypes',
      /cannot have created: for users Graph tells of updated/,
    ],
    [{ ...MAIL, rich: true }, '/rich', /not available yet/],
    [{ ...MAIL, fetch: 'delta' }, '/fetch', /not available/],
  ] as const)('of %j is refused before anything is asked', async (wish, path, message) => {
    const { deps, calls, subscriptions } = smallSubscriptions();
    const outcome = await createSubscription(deps, wish);
    expect(outcome).toEqual({
      status: 'invalid',
      flaws: [{ path, message: expect.stringMatching(message) }],
    });
    expect([calls, subscriptions.size]).toEqual([[], 0]);
  });

  it('has to name a tenant where there are several, or none', async () => {
    const { deps } = smallSubscriptions();
    for (const tenants of [[], [TENANT, 'b']]) {
      const several = { ...deps, graph: { ...deps.graph, tenants: () => tenants } };
      expect(await createSubscription(several, MAIL)).toMatchObject({ flaws: [{ path: '/tenant' }] });
    }
  });

  it('says all that is wrong with it at once', async () => {
    const { deps } = smallSubscriptions();
    const outcome = await createSubscription(deps, {
      resource: 'x/y',
      tenant: 'z',
      rich: true,
      fetch: 'delta',
    });
    expect(outcome.status === 'invalid' && outcome.flaws.map(({ path }) => path)).toEqual([
      '/tenant',
      '/resource',
      '/rich',
      '/fetch',
    ]);
  });
});

describe('a deletion', () => {
  const alive = { status: 'active', graphId: 'graph-0' } as const;

  it('takes it down at Graph and here', async () => {
    const { deps, put, of, calls } = smallSubscriptions();
    const key = put(alive);
    expect(await deleteSubscription(deps, key)).toEqual({ status: 'deleted' });
    expect([of(key), calls]).toEqual([undefined, ['delete graph-0']]);
  });

  it('goes on when Graph cannot be asked', async () => {
    const { deps, put, of, graph } = smallSubscriptions();
    graph.remove = () => UNREACHABLE;
    const key = put(alive);
    expect(await deleteSubscription(deps, key)).toEqual({ status: 'deleting' });
    expect(of(key)?.status).toBe('deleting');
    graph.remove = () => refused(404);
    expect(await deleteSubscription(deps, key)).toEqual({ status: 'deleted' });
  });

  it('of nothing is missing', async () => {
    expect(await deleteSubscription(smallSubscriptions().deps, 'nobody')).toEqual({ status: 'missing' });
  });
});

describe('renewing what is due', () => {
  it('acts on all of it, a few at once, and says what each came to', async () => {
    const { deps, put, graph, of } = smallSubscriptions();
    let atOnce = 0;
    let most = 0;
    const renew = graph.renew;
    graph.renew = async (...asked) => {
      most = Math.max(most, ++atOnce);
      await new Promise(setImmediate);
      atOnce--;
      return renew(...asked);
    };
    const due = Array.from({ length: 11 }, () => put({ status: 'active', graphId: 'g' }));
    const early = put({ status: 'active', graphId: 'g', renewAt: '2027-01-01T00:00:00.000Z' });
    const resting = put({ status: 'paused', renewAt: null });
    const leaving = put({ status: 'deleting' });
    const renewed = await renewDue(deps);
    expect(renewed.map(({ key }) => key).toSorted()).toEqual(due.toSorted());
    expect(renewed.every(({ status }) => status === 'active')).toBe(true);
    expect(most).toBe(4);
    expect([of(early)?.expiresAt, of(resting)?.status, of(leaving)]).toEqual([null, 'paused', undefined]);
    expect(await renewDue(deps)).toEqual([]);
  });
});
