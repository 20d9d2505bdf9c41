import { expect, test } from 'vitest';
import { bearer, TENANT } from './hub-deps.ts';
import { openApp, problemIn } from './open-app.ts';

const ask = { method: 'POST', url: '/api/v1/realtime/negotiate', headers: bearer('viewer') } as const;

test('negotiating grants the groups and gives a URL and a token for them', async () => {
  const { app, granted } = await openApp();
  const response = await app.inject({ ...ask, payload: { ttlMinutes: 5 } });
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    url: 'ws://127.0.0.1:8090/client',
    groups: [`tenant.${TENANT}`],
    token: expect.any(String) as string,
    expiresAt: '2026-01-02T03:09:05.000Z',
  });
  expect(granted).toEqual([[`tenant.${TENANT}`]]);
});

test('no body asks for the defaults', async () => {
  const { app } = await openApp();
  expect((await app.inject(ask)).json()).toMatchObject({ expiresAt: '2026-01-02T04:04:05.000Z' });
});

test('groups that are not ours to give are a 400 that names each', async () => {
  const { app, granted } = await openApp();
  const payload = { groups: [`tenant.${TENANT}`, 'tenant.other', 'user.eve'] };
  const problem = problemIn(await app.inject({ ...ask, payload }));
  expect((problem['errors'] as { path: string }[]).map(({ path }) => path)).toEqual([
    '/groups/1',
    '/groups/2',
  ]);
  expect(granted).toEqual([]);
});

test('without Web PubSub it is a 503 that says what to do instead', async () => {
  const { app, granted } = await openApp({ realtime: { clientUrl, ping: async () => {} } });
  const response = await app.inject(ask);
  expect(problemIn(response)).toMatchObject({ status: 503, code: 'realtime_unavailable' });
  expect(response.body).not.toContain('10.0.0.1');
  expect(granted).toEqual([]);
});

async function clientUrl(): Promise<never> {
  throw new Error('connect ECONNREFUSED 10.0.0.1');
}
