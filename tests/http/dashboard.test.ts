import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApp, problemIn } from './open-app.ts';

let dir: string;
const html = { accept: 'text/html,application/xhtml+xml' };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dashboard-'));
  await mkdir(join(dir, 'assets'));
  await writeFile(join(dir, 'index.html'), '<!doctype html><title>Dashboard</title>');
  await writeFile(join(dir, '.env'), 'SECRET=1');
  await writeFile(join(dir, 'favicon.svg'), '<svg/>');
  await writeFile(join(dir, 'assets', 'index-abc123.js'), 'export {};');
});
afterAll(() => rm(dir, { recursive: true }));

describe('the dashboard', () => {
  test.each(['/', '/events/0000000000000042', '/subscriptions?x=1', '/apiary'])(
    'opens at %s',
    async (url) => {
      const { app } = await openApp({ dashboardDir: dir });
      const response = await app.inject({ url, headers: html });
      expect(response.statusCode).toBe(200);
      expect(response.body).toContain('<title>Dashboard</title>');
      expect(response.headers['content-type']).toMatch(/^text\/html/);
      expect(response.headers['cache-control']).toBe('no-cache');
    },
  );

  test('keeps what is named by its content for ever', async () => {
    const { app } = await openApp({ dashboardDir: dir });
    const asset = await app.inject('/assets/index-abc123.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(asset.headers['content-type']).toMatch(/^(?:text|application)\/javascript/);
    expect((await app.inject('/favicon.svg')).headers['cache-control']).toBe('no-cache');
  });

  test.each([
    { range: 'bytes=99999999-' },
    { 'if-match': '"x"' },
    { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
  ])('refuses what headers ask for and no file can give: %o', async (headers) => {
    const { app, logLines } = await openApp({ dashboardDir: dir });
    const response = await app.inject({ url: '/index.html', headers });
    expect(response.statusCode).toBe(400);
    expect(problemIn(response)).toMatchObject({
      code: 'bad_request',
      detail: expect.stringMatching(/leave out Range/),
    });
    expect(logLines).toEqual([]);
  });

  test.each([
    ['/api', html],
    ['/api/v1/nothing', html],
    ['/graph/notifications', html],
    ['/graph', html],
    ['/healthz/x', html],
    ['/metrics/x', html],
    ['/assets/old-999.js', { accept: '*/*' }],
    ['/nothing', {}],
    ['/..%2fpackage.json', {}],
    ['/%2e%2e/package.json', {}],
    ['/.env', {}],
    ['//etc/passwd', {}],
    ['/assets', {}],
    ['/assets/', {}],
    ['/favicon.svg/x', {}],
    ['/%00', {}],
  ])('is not what %s shows', async (url, headers) => {
    const { app } = await openApp({ dashboardDir: dir });
    const response = await app.inject({ url, headers });
    expect([400, 403, 404]).toContain(response.statusCode);
    problemIn(response);
  });

  test('that a POST asks for is a 404', async () => {
    const { app } = await openApp({ dashboardDir: dir });
    expect((await app.inject({ method: 'POST', url: '/events', headers: html })).statusCode).toBe(404);
  });

  test('that is not built says how to build it', async () => {
    const { app } = await openApp({ dashboardDir: join(dir, 'missing') });
    const response = await app.inject({ url: '/', headers: html });
    expect(response.statusCode).toBe(503);
    expect(response.body).toContain('is not built');
  });
});

describe('security headers', () => {
  test('let the page load from here and connect to Web PubSub only', async () => {
    const { app } = await openApp({ dashboardDir: dir, realtimeOrigins: ['wss://x.webpubsub.azure.com'] });
    const { headers } = await app.inject({ url: '/', headers: html });
    expect(headers['content-security-policy']).toBe(
      "default-src 'self';connect-src 'self' wss://x.webpubsub.azure.com;img-src 'self' data:;style-src 'self' 'unsafe-inline';" +
        "script-src 'self';object-src 'none';base-uri 'none';frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  test('hold browsers to https where the hub has it', async () => {
    const { app } = await openApp({ dashboardDir: dir, publicUrl: 'https://hub.example' });
    const { headers } = await app.inject({ url: '/', headers: html });
    expect(headers['strict-transport-security']).toContain('max-age=');
  });
});
