import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HubError } from '../../../src/core/errors.ts';
import type { ReadToken } from '../../../src/ports/signed-tokens.ts';
import type { Watch } from '../../../src/ports/subscription-store.ts';
import { negotiate, type NegotiateDeps } from '../../../src/steps/deliver/negotiate.ts';
import { adjustableClock } from '../../support/adjustable-clock.ts';

const KEY = 'abcdefghij0123456789';
const watch: Watch = {
  key: KEY,
  tenant: 't1',
  resource: 'users',
  fetch: 'get',
  status: 'active',
  graphIds: [],
  awaitsId: false,
};

function hub(change: Partial<NegotiateDeps> = {}) {
  const acts: string[] = [];
  const signed: ReadToken[] = [];
  const urls: unknown[] = [];
  const deps: NegotiateDeps = {
    store: {
      findWatches: async (keys) => (keys.includes(KEY) ? [watch] : []),
      grantGroups: async (groups, expiresAt) => void acts.push(`grant ${groups.join()} until ${expiresAt}`),
    },
    graph: { tenants: () => ['t1', 't2'] },
    realtime: {
      clientUrl: async (grant) => {
        urls.push(grant);
        return 'wss://url';
      },
    },
    negotiatedTokens: {
      sign: async (claims, expiresAt) => `token ${signed.push({ claims, expiresAt })}`,
      read: async () => null,
    },
    clock: adjustableClock('2026-01-02T03:04:05.678Z'),
    ...change,
  };
  return { deps, acts, signed, urls };
}

test('without groups it grants every tenant, for an hour', async () => {
  const { deps, acts, signed, urls } = hub();
  const groups = ['tenant.t1', 'tenant.t2'];
  const expiresAt = '2026-01-02T04:04:05.000Z';
  expect(await negotiate(deps, {})).toEqual({
    status: 'granted',
    url: 'wss://url',
    groups,
    token: 'token 1',
    expiresAt,
  });
  expect(acts).toEqual([`grant tenant.t1,tenant.t2 until ${expiresAt}`]);
  expect(signed).toEqual([{ claims: { groups }, expiresAt }]);
  expect(urls).toEqual([{ groups, ttlMinutes: 60 }]);
});

test('it grants the groups of this hub that are named, each once', async () => {
  const { deps, urls } = hub();
  const groups = [
    'tenant.t1.type.Microsoft.Graph.MessageCreated',
    `subscription.${KEY}`,
    'user.ada',
    'tenant.t2',
  ];
  const outcome = await negotiate(deps, { groups: [...groups, ...groups], userId: 'ada', ttlMinutes: 5 });
  expect(outcome).toMatchObject({ status: 'granted', groups, expiresAt: '2026-01-02T03:09:05.000Z' });
  expect(urls).toEqual([{ groups, userId: 'ada', ttlMinutes: 5 }]);
});

describe('it refuses', () => {
  test.each([
    ['tenant.t3', 'no tenant'],
    ['tenant.t3.type.X', 'no tenant'],
    ['tenant.t1.type.', 'event type'],
    ['tenant.t1.type.a/b', 'event type'],
    ['tenant.t1.type.MessageCreated', 'in full, such as Microsoft.Graph.MessageCreated'],
    [`tenant.t1.type.${'a'.repeat(101)}`, 'event type'],
    ['tenant.', 'not a group'],
    ['subscription.zzzzzzzzzzzzzzzzzzzz', 'no subscription'],
    ['subscription.a\u0000', 'not a group'],
    ['user.eve', 'another user'],
    ['user.ada.x', 'another user'],
    ['other.x', 'not a group'],
    ['', 'not a group'],
  ])('%j: %s', async (group, why) => {
    const { deps, acts, urls } = hub();
    const outcome = await negotiate(deps, { groups: ['tenant.t1', group], userId: 'ada' });
    expect(outcome).toEqual({
      status: 'invalid',
      flaws: [{ path: '/groups/1', message: expect.stringContaining(why) as string }],
    });
    expect([...acts, ...urls]).toEqual([]);
  });

  test('the group of a user that the request does not name', async () => {
    const outcome = await negotiate(hub().deps, { groups: ['user.ada'] });
    expect(outcome.status).toBe('invalid');
  });

  test.each(['a b', 'a\n', 'ü', '\ud800'])('a user id that no group can have: %j', async (userId) => {
    const outcome = await negotiate(hub().deps, { userId });
    expect(outcome).toMatchObject({ status: 'invalid', flaws: [{ path: '/userId' }] });
  });

  test('whatever is not a group of this hub', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', 'tenant.', 'subscription.'),
        async (text, kind) => {
          const group = kind + text;
          fc.pre(
            !['tenant.t1', 'tenant.t2', `subscription.${KEY}`].includes(group) &&
              !/^tenant\.t[12]\.type\./.test(group),
          );
          expect((await negotiate(hub().deps, { groups: [group] })).status).toBe('invalid');
        },
      ),
    );
  });
});

test('without Web PubSub nothing is granted', async () => {
  const cause = new Error('ECONNREFUSED');
  const { deps, acts } = hub({
    realtime: {
      clientUrl: () => Promise.reject(cause),
    },
  });
  const error = await negotiate(deps, {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HubError);
  expect(error).toMatchObject({ code: 'realtime_unavailable', cause });
  expect(acts).toEqual([]);
});

test('a grant that cannot be stored is no answer', async () => {
  const away = new HubError('store_unavailable', 'away');
  const { deps } = hub({
    store: { findWatches: async () => [], grantGroups: () => Promise.reject(away) },
  });
  await expect(negotiate(deps, {})).rejects.toBe(away);
});
