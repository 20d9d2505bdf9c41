import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { describe, expect, test } from 'vitest';
import { API_KEYS, bearer, KEY, keyRecord } from './hub-deps.ts';
import { openApp, problemIn } from './open-app.ts';

const URL = '/api/v1/session';
const SAME = { 'sec-fetch-site': 'same-origin' };

function cookieIn(response: LightMyRequestResponse): string {
  return String(response.headers['set-cookie']).split(';', 1)[0] ?? '';
}

async function signIn(app: FastifyInstance, secret: string = API_KEYS.admin): Promise<string> {
  const response = await app.inject({
    method: 'POST',
    url: URL,
    headers: { authorization: `Bearer ${secret}` },
  });
  expect(response.statusCode).toBe(200);
  return cookieIn(response);
}

async function whoAmI(app: FastifyInstance, cookie: string): Promise<number> {
  return (await app.inject({ url: URL, headers: { cookie } })).statusCode;
}

describe('signing in', () => {
  test('with a key sets a cookie that scripts and other sites do not get', async () => {
    const { app } = await openApp();
    const response = await app.inject({ method: 'POST', url: URL, headers: bearer('operator') });
    expect(response.json()).toEqual({
      name: 'operator',
      role: 'operator',
      expiresAt: '2026-01-02T15:04:05.000Z',
    });
    expect(response.headers['set-cookie']).toMatch(
      /^heliograph_session=[\w.-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const who = await app.inject({ url: URL, headers: { cookie: cookieIn(response) } });
    expect(who.json()).toEqual(response.json());
  });

  test('over https makes the cookie Secure', async () => {
    const { app } = await openApp({ publicUrl: 'https://hub.example' });
    const response = await app.inject({ method: 'POST', url: URL, headers: bearer('viewer') });
    expect(response.headers['set-cookie']).toContain('; Secure');
  });

  test('with a one-time code counts once', async () => {
    const { app, codes } = await openApp();
    const code = codes.issue();
    const cookie = await signIn(app, code);
    const who = await app.inject({ url: URL, headers: { cookie } });
    expect(who.json()).toMatchObject({ name: 'admin', role: 'admin' });
    const again = await app.inject({
      method: 'POST',
      url: URL,
      headers: { authorization: `Bearer ${code}` },
    });
    expect(again.statusCode).toBe(401);
  });

  test('a code is good for signing in only', async () => {
    const { app, codes } = await openApp();
    const headers = { authorization: `Bearer ${codes.issue()}` };
    expect((await app.inject({ url: '/api/v1/subscriptions', headers })).statusCode).toBe(401);
    await signIn(app, headers.authorization.slice('Bearer '.length));
  });

  test('where there are no codes, or the key of the codes is gone, a code is nothing', async () => {
    expect(await statusOfCode(await openApp({ signIn: null }))).toBe(401);
    const gone = await openApp();
    gone.keys.pop();
    expect(await statusOfCode(gone)).toBe(401);
  });

  test('a session does not make another', async () => {
    const { app } = await openApp();
    const cookie = await signIn(app);
    const response = await app.inject({ method: 'POST', url: URL, headers: { cookie, ...SAME } });
    expect(response.statusCode).toBe(403);
    expect(response.headers).not.toHaveProperty('set-cookie');
  });
});

describe('a session', () => {
  test('has the role of its key', async () => {
    const { app } = await openApp();
    const cookie = await signIn(app, API_KEYS.viewer);
    expect((await app.inject({ url: '/api/v1/subscriptions', headers: { cookie } })).statusCode).toBe(200);
    const headers = { cookie, ...SAME };
    const url = `/api/v1/subscriptions/${KEY}`;
    expect((await app.inject({ method: 'DELETE', url, headers })).statusCode).toBe(403);
  });

  test('ends by signing out', async () => {
    const { app } = await openApp();
    const cookie = await signIn(app);
    const response = await app.inject({ method: 'DELETE', url: URL, headers: { cookie, ...SAME } });
    expect(response.statusCode).toBe(204);
    expect(response.headers['set-cookie']).toMatch(/^heliograph_session=;.*(?:Max-Age=0|1970)/);
  });

  test('ends after twelve hours', async () => {
    const { app, clock } = await openApp();
    const cookie = await signIn(app);
    clock.advance(12 * 3_600_000 - 1_000);
    expect(await whoAmI(app, cookie)).toBe(200);
    clock.advance(1_000);
    expect(await whoAmI(app, cookie)).toBe(401);
  });

  test.each(['replaced', 'removed'])('ends when its key is %s', async (how) => {
    const { app, clock, keys } = await openApp();
    const cookie = await signIn(app);
    const record = keys.pop();
    if (how === 'replaced') keys.push(keyRecord(record?.name ?? '', 'admin', 'a new key'));
    clock.advance(5_000);
    expect(await whoAmI(app, cookie)).toBe(401);
  });

  test('takes over the new role of its key', async () => {
    const { app, clock, keys } = await openApp();
    const cookie = await signIn(app);
    keys.push({ ...(keys.pop() ?? keyRecord('admin', 'admin', '')), role: 'viewer' });
    clock.advance(5_000);
    expect((await app.inject({ url: URL, headers: { cookie } })).json()).toMatchObject({ role: 'viewer' });
  });

  test('of a wrong cookie is refused, and the browser is told to forget it', async () => {
    const { app } = await openApp();
    const response = await app.inject({ url: URL, headers: { cookie: 'heliograph_session=x.y.z' } });
    expect(response.statusCode).toBe(401);
    expect(response.headers['set-cookie']).toMatch(/^heliograph_session=;/);
  });

  test('does not stand beside a bearer credential: that one counts', async () => {
    const { app } = await openApp();
    const cookie = await signIn(app);
    const response = await app.inject({ url: URL, headers: { cookie, ...bearer('viewer') } });
    expect(response.json()).toMatchObject({ name: 'viewer' });
    const wrong = await app.inject({ url: URL, headers: { cookie, authorization: 'Bearer wrong' } });
    expect(wrong.statusCode).toBe(401);
    expect(wrong.headers).not.toHaveProperty('set-cookie');
  });

  test('is not disturbed by the Basic credential of a proxy', async () => {
    const { app } = await openApp();
    const cookie = await signIn(app);
    const headers = { cookie, authorization: 'Basic eDp5' };
    expect((await app.inject({ url: URL, headers })).statusCode).toBe(200);
  });
});

describe('a page of another origin', () => {
  const host = 'hub.example:3000';
  const publicUrl = 'https://public.example';

  async function change(headers: Record<string, string>) {
    const { app } = await openApp({ publicUrl });
    const cookie = await signIn(app);
    const url = `/api/v1/subscriptions/${KEY}`;
    return app.inject({ method: 'DELETE', url, headers: { host, cookie, ...headers } });
  }

  test.each([
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ origin: `https://${host}` }],
    [{ origin: publicUrl }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://whatever.example' }],
  ])('is told from ours: %j is ours', async (headers) => {
    expect((await change(headers)).statusCode).toBe(204);
  });

  test.each([
    [{}],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': 'cross-site', origin: `https://${host}` }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'https://hub.example' }],
    [{ origin: 'null' }],
    [{ referer: `https://${host}/` }],
  ])('changes nothing with the cookie: %j', async (headers: Record<string, string>) => {
    const response = await change(headers);
    expect(response.statusCode).toBe(403);
    expect(problemIn(response)['code']).toBe('forbidden');
  });
});

/** What signing in with a code of this hub comes to. */
async function statusOfCode({ app, codes }: Awaited<ReturnType<typeof openApp>>) {
  const headers = { authorization: `Bearer ${codes.issue()}` };
  return (await app.inject({ method: 'POST', url: URL, headers })).statusCode;
}
