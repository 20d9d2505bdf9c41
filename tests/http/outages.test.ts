import { expect, test } from 'vitest';
import { HubError } from '../../src/core/errors.ts';
import { Outages } from '../../src/http/outages.ts';
import { adjustableClock } from '../support/adjustable-clock.ts';
import { recordingLog } from '../support/logs.ts';
import { bearer, testHub } from './hub-deps.ts';
import { openApp } from './open-app.ts';

function outages() {
  const { store, queue, realtime } = testHub().deps;
  const away = { is: true };
  const ping = async (): Promise<void> => {
    if (away.is) throw new Error('away');
  };
  const [log, clock] = [recordingLog(), adjustableClock()];
  const told = new Outages({ store: { ...store, ping }, queue, realtime: { ...realtime, ping }, log, clock });
  return { told, log, clock, away };
}

test('a flood of refused requests is one line at once, and then one with how many there were', async () => {
  const { told, log } = outages();
  for (let count = 0; count < 1_000; count++) told.refused('not_committed', { requestId: count });
  expect(log.lines).toEqual([
    { level: 'warn', act: 'http.unavailable', fields: { code: 'not_committed', requestId: 0, refused: 1 } },
  ]);
  await told.tell();
  expect(log.lines.slice(1)).toEqual([
    {
      level: 'warn',
      act: 'http.unavailable',
      fields: { code: 'not_committed', requestId: 999, refused: 999 },
    },
  ]);
  told.stop();
});

test('its end is told once, when nothing was refused for a while and what was away answers again', async () => {
  const { told, log, clock, away } = outages();
  told.refused('store_unavailable', {});
  told.refused('store_unavailable', {});
  clock.advance(10_000);
  await told.tell();
  await told.tell();
  expect(log.acts()).toEqual(['http.unavailable', 'http.unavailable']);
  away.is = false;
  clock.advance(10_000);
  await Promise.all([told.tell(), told.tell()]);
  await told.tell();
  expect(log.lines.slice(2)).toEqual([
    {
      level: 'info',
      act: 'http.available',
      fields: { code: 'store_unavailable', refused: 2, lastedMs: 10_000 },
    },
  ]);
});

test('it lasted until the last was refused, not until that was noticed', async () => {
  const { told, log, clock, away } = outages();
  told.refused('store_unavailable', {});
  clock.advance(700);
  told.refused('store_unavailable', {});
  away.is = false;
  clock.advance(9_300);
  await told.tell();
  clock.advance(10_000);
  await told.tell();
  expect(log.lines.at(-1)?.fields).toEqual({ code: 'store_unavailable', refused: 2, lastedMs: 700 });
});

test('each thing that is away is told of by itself, and anew the next time', async () => {
  const { told, log, away } = outages();
  told.refused('store_unavailable', {});
  told.refused('realtime_unavailable', {});
  told.refused('graph_unavailable', {});
  away.is = false;
  await told.tell();
  told.refused('store_unavailable', {});
  const codes = log.lines.map(({ act, fields }) => `${act} ${String(Reflect.get(fields, 'code'))}`);
  expect(codes.toSorted()).toEqual([
    'http.available graph_unavailable',
    'http.available realtime_unavailable',
    'http.available store_unavailable',
    'http.unavailable graph_unavailable',
    'http.unavailable realtime_unavailable',
    'http.unavailable store_unavailable',
    'http.unavailable store_unavailable',
  ]);
  told.stop();
});

test('a hundred posts refused are one line of the log', async () => {
  const { app, deps, logLines } = await openApp();
  deps.steps.receiveNotifications = async () => ({ status: 'not_committed', message: 'Not in time.' });
  for (let count = 0; count < 100; count++)
    expect((await app.inject({ method: 'POST', url: '/graph/notifications' })).statusCode).toBe(503);
  expect(logLines).toHaveLength(1);
});

test('a fault keeps its line each time', async () => {
  const { app, deps, logLines } = await openApp();
  deps.store.listDestinations = async () => {
    throw new HubError('internal', 'no');
  };
  for (let count = 0; count < 3; count++)
    await app.inject({ url: '/api/v1/destinations', headers: bearer('viewer') });
  expect(logLines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    'http.failed',
    'http.failed',
    'http.failed',
  ]);
});
