import { describe, expect, test } from 'vitest';
import { bearer, KEY } from './hub-deps.ts';
import { openApp } from './open-app.ts';

const APP = 'https://app.example';
const OPEN = [
  ['GET', '/api/v1/events'],
  ['GET', '/api/v1/events/stream'],
  ['POST', '/api/v1/realtime/negotiate'],
] as const;
const CLOSED = [
  ['GET', '/api/v1/events/1'],
  ['GET', '/api/v1/subscriptions'],
  ['POST', '/api/v1/subscriptions'],
  ['DELETE', `/api/v1/subscriptions/${KEY}`],
  ['POST', '/api/v1/session'],
  ['POST', '/graph/notifications'],
  ['GET', '/readyz'],
] as const;

async function preflight(method: string, url: string, origin: string) {
  const { app } = await openApp();
  const headers = {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type',
  };
  return app.inject({ method: 'OPTIONS', url, headers });
}

describe('a page of a named origin', () => {
  test.each(OPEN)('may %s %s with a credential in a header', async (method, url) => {
    const { statusCode, headers } = await preflight(method, `${url}?x=1`, APP);
    expect(statusCode).toBe(204);
    expect(headers['access-control-allow-origin']).toBe(APP);
    expect(headers['access-control-allow-methods']).toContain(method);
    expect(headers['access-control-allow-headers']).toContain('authorization');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('may read the answer, and a refusal too', async () => {
    const { app } = await openApp();
    for (const credential of [bearer('viewer'), {}]) {
      const response = await app.inject({ url: '/api/v1/events', headers: { origin: APP, ...credential } });
      expect(response.headers['access-control-allow-origin']).toBe(APP);
      expect(response.headers['vary']).toContain('Origin');
    }
  });

  test.each(CLOSED)('may not %s %s', async (method, url) => {
    const { statusCode, headers } = await preflight(method, url, APP);
    expect(statusCode).toBe(404);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    const { app } = await openApp();
    const response = await app.inject({ method, url, headers: { origin: APP, ...bearer('admin') } });
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

test.each([...OPEN])('a page of any other origin may not %s %s', async (method, url) => {
  for (const origin of ['https://evil.example', 'https://app.example.evil', 'null', 'http://app.example'])
    expect((await preflight(method, url, origin)).headers).not.toHaveProperty('access-control-allow-origin');
});
