import { describe, expect, test } from 'vitest';
import type { CreateOutcome, SubscriptionWish } from '../../src/steps/keep-alive/create-subscription.ts';
import type { DeleteOutcome } from '../../src/steps/keep-alive/delete-subscription.ts';
import type { RenewOutcome } from '../../src/steps/keep-alive/renew-subscription.ts';
import { bearer, KEY, subscription } from './hub-deps.ts';
import { openApp, problemIn } from './open-app.ts';

const URL = '/api/v1/subscriptions';
const refusal = { code: 'consent_missing', message: 'Insufficient privileges.', remedy: 'Grant Mail.Read.' };

describe('creating', () => {
  const ask = { method: 'POST', url: URL, headers: bearer('admin') } as const;

  async function create(outcome: CreateOutcome) {
    const hub = await openApp();
    const wishes: SubscriptionWish[] = [];
    hub.deps.steps.createSubscription = async (wish) => {
      wishes.push(wish);
      return outcome;
    };
    const payload = { resource: 'users/u/messages', changeTypes: ['created'], fetch: 'get' };
    return { response: await hub.app.inject({ ...ask, payload }), wishes };
  }

  test('201 with its address when Graph accepted it', async () => {
    const { response, wishes } = await create({ status: 'created', subscription: subscription() });
    expect(response.statusCode).toBe(201);
    expect(response.headers['location']).toBe(`${URL}/${KEY}`);
    expect(response.json()).toEqual(subscription());
    expect(wishes).toEqual([{ resource: 'users/u/messages', changeTypes: ['created'], fetch: 'get' }]);
  });

  test('202 while Graph cannot be asked', async () => {
    const reason = { ...refusal, since: '2026-01-02T03:04:05.000Z' };
    const creating = subscription({ status: 'creating', graphId: null, expiresAt: null, reason });
    const { response } = await create({ status: 'accepted', subscription: creating });
    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual(creating);
  });

  test('400 with every flaw', async () => {
    const flaws = [
      { path: '/tenant', message: 'name one' },
      { path: '/resource', message: 'is none' },
    ];
    const { response } = await create({ status: 'invalid', flaws });
    expect(problemIn(response)).toMatchObject({ status: 400, code: 'bad_request', errors: flaws });
  });

  test('409 with the key that watches the same', async () => {
    const { response } = await create({ status: 'conflict', key: 'other0123456789abcd' });
    expect(problemIn(response)).toMatchObject({
      status: 409,
      code: 'already_watched',
      key: 'other0123456789abcd',
    });
  });

  test('503 while the hub stops', async () => {
    const { response } = await create({ status: 'stopping' });
    expect(problemIn(response)).toMatchObject({ status: 503, code: 'stopping' });
    expect(response.headers['retry-after']).toBe('10');
  });

  test('422 with Graph’s words and a remedy', async () => {
    const { response } = await create({ status: 'refused', ...refusal });
    expect(problemIn(response)).toMatchObject({
      status: 422,
      code: 'refused_by_graph',
      detail: 'Insufficient privileges.',
      remedy: 'Grant Mail.Read.',
      graphCode: 'consent_missing',
    });
  });
});

describe('reading', () => {
  test('pages by key, and ends with null', async () => {
    const hub = await openApp();
    const keys = ['a', 'b', 'c'].map((letter) => letter.repeat(20));
    hub.subscriptions.clear();
    for (const key of keys) hub.subscriptions.set(key, subscription({ key }));
    const page = async (query: string) => {
      const response = await hub.app.inject({ url: `${URL}?${query}`, headers: bearer('viewer') });
      const { items, next } = response.json<{ items: { key: string }[]; next: string | null }>();
      return { keys: items.map(({ key }) => key), next };
    };
    expect(await page('limit=2')).toEqual({ keys: keys.slice(0, 2), next: keys[1] });
    expect(await page(`limit=2&after=${keys[1]}`)).toEqual({ keys: keys.slice(2), next: null });
    expect(await page('limit=3')).toEqual({ keys, next: null });
  });

  test('shows one, or a 404', async () => {
    const { app } = await openApp();
    const one = await app.inject({ url: `${URL}/${KEY}`, headers: bearer('viewer') });
    expect(one.json()).toEqual(subscription());
    const none = await app.inject({ url: `${URL}/${'z'.repeat(20)}`, headers: bearer('viewer') });
    expect(problemIn(none)).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('changing', () => {
  const patch = { method: 'PATCH', url: `${URL}/${KEY}`, headers: bearer('operator') } as const;

  test('the fetch asks nothing of Graph', async () => {
    const { app, acted } = await withActs();
    const response = await app.inject({ ...patch, payload: { fetch: 'none' } });
    expect(response.json()).toEqual(subscription({ fetch: 'none' }));
    expect(acted).toEqual([]);
  });

  test('a pause is brought about at once', async () => {
    const { app, acted } = await withActs();
    const response = await app.inject({ ...patch, payload: { paused: true } });
    expect(response.json()).toMatchObject({ status: 'paused' });
    expect(acted).toEqual([KEY]);
  });

  test('going on with what Graph refuses is a 422', async () => {
    const { app, deps } = await openApp();
    deps.steps.renewSubscription = async () => ({ status: 'refused', ...refusal });
    const problem = problemIn(await app.inject({ ...patch, payload: { paused: false } }));
    expect(problem).toMatchObject({ status: 422, remedy: refusal.remedy });
  });

  test('going on with what another watches by now is a 409', async () => {
    const { app, deps } = await openApp();
    deps.steps.renewSubscription = async () => ({ status: 'conflict', key: 'other0123456789abcd' });
    const problem = problemIn(await app.inject({ ...patch, payload: { paused: false } }));
    expect(problem).toMatchObject({ status: 409, key: 'other0123456789abcd' });
  });

  test('what is not there is a 404', async () => {
    const { app } = await openApp();
    const url = `${URL}/${'z'.repeat(20)}`;
    expect((await app.inject({ ...patch, url, payload: { paused: true } })).statusCode).toBe(404);
  });
});

test.each([
  ['deleted', 204],
  ['deleting', 202],
  ['missing', 404],
] satisfies [DeleteOutcome['status'], number][])('deleting: %s is a %i', async (status, expected) => {
  const hub = await openApp();
  hub.deps.steps.deleteSubscription = async () => ({ status });
  const response = await hub.app.inject({ method: 'DELETE', url: `${URL}/${KEY}`, headers: bearer('admin') });
  expect(response.statusCode).toBe(expected);
  expect(response.body === '').toBe(expected < 300);
});

describe('renewing', () => {
  test.each<RenewOutcome>([
    { status: 'renewed' },
    { status: 'created' },
    { status: 'paused' },
    { status: 'deferred', code: 'graph_throttles', reason: 'Graph throttles this app.' },
    { status: 'failing', ...refusal },
  ])('answers the subscription as it is afterwards: $status', async (outcome) => {
    const response = await renew(outcome);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual(subscription());
  });

  test('409 while the hub acts on it', async () => {
    expect(problemIn(await renew({ status: 'busy' }))).toMatchObject({ status: 409, code: 'conflict' });
  });

  test('409 with the key of the one that watches the same', async () => {
    const problem = problemIn(await renew({ status: 'conflict', key: 'other0123456789abcd' }));
    expect(problem).toMatchObject({ status: 409, code: 'already_watched', key: 'other0123456789abcd' });
  });

  test('422 for what never came to be', async () => {
    expect(problemIn(await renew({ status: 'refused', ...refusal }))).toMatchObject({
      status: 422,
      remedy: refusal.remedy,
    });
  });

  test.each(['missing', 'deleted'] as const)('404 when there is none afterwards: %s', async (status) => {
    expect((await renew({ status })).statusCode).toBe(404);
  });

  test('what is due answers what each came to', async () => {
    const { app } = await openApp();
    const response = await app.inject({
      method: 'POST',
      url: `${URL}/renew-due`,
      headers: bearer('operator'),
    });
    expect(response.json()).toEqual({ renewed: [{ key: KEY, status: 'active' }] });
  });
});

async function withActs() {
  const hub = await openApp();
  const acted: string[] = [];
  hub.deps.steps.renewSubscription = async (key) => {
    acted.push(key);
    return { status: 'paused' };
  };
  return { ...hub, acted };
}

async function renew(outcome: RenewOutcome) {
  const hub = await openApp();
  hub.deps.steps.renewSubscription = async () => outcome;
  if (outcome.status === 'deleted' || outcome.status === 'missing') hub.subscriptions.clear();
  return hub.app.inject({ method: 'POST', url: `${URL}/${KEY}/renew`, headers: bearer('operator') });
}
