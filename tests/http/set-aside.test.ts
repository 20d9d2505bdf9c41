import { expect, test } from 'vitest';
import { HubError } from '../../src/core/errors.ts';
import { bearer, destination, setAsideItem } from './hub-deps.ts';
import { openApp, problemIn } from './open-app.ts';

const URL = '/api/v1/set-aside';

test('the list is paged, newest first, and never shows content', async () => {
  const { app, setAside } = await openApp();
  setAside.push(setAsideItem(9), setAsideItem(5), setAsideItem(2));
  const first = await app.inject({ url: `${URL}?limit=2`, headers: bearer('viewer') });
  expect(first.body).not.toContain('secret');
  expect(first.json()).toMatchObject({
    items: [{ id: 9, code: 'wrong_tenant', subscription: expect.any(String) as string }, { id: 5 }],
    next: '5',
  });
  const second = await app.inject({ url: `${URL}?limit=2&before=5`, headers: bearer('viewer') });
  expect(second.json()).toMatchObject({ items: [{ id: 2 }], next: null });
});

test.each([
  ['the named ones', { ids: [9] }, 1],
  ['all of them', {}, 2],
  ['all of them without a body', undefined, 2],
])('running %s wakes their lanes', async (_name, payload, ran) => {
  const { app, setAside, woken } = await openApp();
  setAside.push(setAsideItem(9), setAsideItem(5));
  const ask = { method: 'POST', url: `${URL}/run`, headers: bearer('operator') } as const;
  const response = await app.inject(payload === undefined ? ask : { ...ask, payload });
  expect(response.json()).toEqual({ ran });
  expect(woken).toEqual(['process-inbox:0', 'process-inbox:2']);
});

test('a queue that is away does not matter to the run', async () => {
  const { app, setAside, logLines } = await openApp({
    queue: {
      ping: async () => {},
      wake: async () => {
        throw new HubError('queue_unavailable', 'Redis is away.');
      },
    },
  });
  setAside.push(setAsideItem(9));
  const response = await app.inject({ method: 'POST', url: `${URL}/run`, headers: bearer('operator') });
  expect(response.statusCode).toBe(200);
  expect(logLines.join('')).toContain('set_aside.not_woken');
});

test('one is discarded for good, once', async () => {
  const { app, setAside } = await openApp();
  setAside.push(setAsideItem(9));
  const ask = { method: 'DELETE', url: `${URL}/9`, headers: bearer('admin') } as const;
  expect((await app.inject(ask)).statusCode).toBe(204);
  expect(problemIn(await app.inject(ask))['code']).toBe('not_found');
});

test('destinations show where they are in the log', async () => {
  const { app, destinations } = await openApp();
  const lastError = { code: 'unreachable', message: 'no answer', at: '2026-01-02T03:04:05.000Z' };
  destinations[0] = destination({ cursor: 42, lag: 3, status: 'failing', failures: 4, lastError });
  const response = await app.inject({ url: '/api/v1/destinations', headers: bearer('viewer') });
  expect(response.json()).toEqual({
    items: [{ ...destinations[0], cursor: '0000000000000042' }],
    next: null,
  });
});
