import { describe, expect, test } from 'vitest';
import { HubError } from '../../src/core/errors.ts';
import type { HubRole } from '../../src/core/role.ts';
import type { AppDeps } from '../../src/http/app-deps.ts';
import { until } from '../support/until.ts';
import { API_KEYS, bearer, testHub } from './hub-deps.ts';
import { openApp } from './open-app.ts';

const fails = async (): Promise<never> => {
  throw new HubError('queue_unavailable', 'Redis is away.');
};

/** A hub whose ping of the database does as told. */
function pinging(ping: () => Promise<void>, change: Partial<AppDeps> = {}): Partial<AppDeps> {
  return { ...change, store: { ...testHub().deps.store, ping } };
}

test.each(['GET', 'HEAD'] as const)('%s /healthz is a 200 whatever is away', async (method) => {
  const { app } = await openApp(pinging(fails));
  const response = await app.inject({ method, url: '/healthz' });
  expect(response.statusCode).toBe(200);
  expect(response.body).toBe(method === 'GET' ? '{"status":"ok"}' : '');
});

describe('/readyz', () => {
  const roles: HubRole[][] = [['receiver'], ['workers'], ['scheduler'], ['api']];

  test.each(roles)('needs Postgres and nothing else: %s', async (...has) => {
    const change = {
      roles: has,
      queue: { ping: fails, wake: fails },
      realtime: { ping: fails, clientUrl: fails },
    };
    const ready = await openApp(change);
    const yes = await ready.app.inject('/readyz');
    expect([yes.statusCode, yes.json()]).toEqual([200, { status: 'ready' }]);
    const away = await openApp(pinging(fails, change));
    const no = await away.app.inject('/readyz');
    expect([no.statusCode, no.json()]).toEqual([503, { status: 'not_ready' }]);
  });

  test('tells the whole picture to callers with a key', async () => {
    const { app } = await openApp({ queue: { ping: fails, wake: fails } });
    const response = await app.inject({ url: '/readyz', headers: bearer('viewer') });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      status: 'ready',
      mode: 'local',
      version: '1.2.3',
      roles: ['receiver', 'workers', 'scheduler', 'api'],
      standIns: [{ for: 'Graph', what: 'the simulator' }],
      dependencies: {
        postgres: { ok: true },
        queue: { ok: false, message: 'Redis is away.' },
        realtime: { ok: true },
      },
    });
  });

  test('names only what the roles use', async () => {
    const { app } = await openApp({ roles: ['receiver'] });
    const response = await app.inject({ url: '/readyz', headers: bearer('viewer') });
    expect(response.json()).toMatchObject({ dependencies: { postgres: { ok: true } } });
    expect(response.json<{ dependencies: object }>().dependencies).not.toHaveProperty('queue');
  });

  test('tells what is wrong while the database is away, to a key that was known before', async () => {
    let away = false;
    const { app, deps, clock } = await openApp(
      pinging(async () => {
        if (away) throw new Error('connect ECONNREFUSED');
      }),
    );
    await app.inject({ url: '/readyz', headers: bearer('admin') });
    away = true;
    deps.store.listApiKeys = fails;
    clock.advance(10_000);
    const response = await app.inject({ url: '/readyz', headers: bearer('admin') });
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({
      dependencies: { postgres: { ok: false, message: 'connect ECONNREFUSED' } },
    });
  });

  test('is not ready, rather than failing, when not even the keys can be read', async () => {
    const { app, deps } = await openApp(pinging(fails));
    deps.store.listApiKeys = async () => {
      throw new HubError('store_unavailable', 'away');
    };
    const response = await app.inject({ url: '/readyz', headers: bearer('admin') });
    expect([response.statusCode, response.json()]).toEqual([503, { status: 'not_ready' }]);
  });

  test('does not wait for a database that hangs', async () => {
    const { app } = await openApp(pinging(() => new Promise(() => {})));
    const startedAt = performance.now();
    expect((await app.inject('/readyz')).statusCode).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  test('asks the database once, however many ask', async () => {
    const asked: (() => void)[] = [];
    const { app } = await openApp(pinging(() => new Promise((resolve) => asked.push(resolve))));
    const answers = Array.from({ length: 10 }, () => app.inject('/readyz'));
    await until(() => asked.length > 0);
    for (const answer of asked) answer();
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
    expect(asked).toHaveLength(1);
  });

  test('refuses a wrong credential', async () => {
    const { app } = await openApp();
    expect((await app.inject({ url: '/readyz', headers: { authorization: 'Bearer x' } })).statusCode).toBe(
      401,
    );
  });
});

describe('what a process serves', () => {
  const always = { health: 200, metrics: 200 };

  test('a receiver takes posts and shows nothing', async () => {
    expect(await doorsOf(['receiver'])).toEqual({ ...always, graph: 202, api: 404, openapi: 404, page: 404 });
  });

  test('the api takes no posts', async () => {
    expect(await doorsOf(['api'])).toEqual({ ...always, graph: 404, api: 200, openapi: 200, page: 503 });
  });

  test('workers and scheduler are only watched', async () => {
    const nothing = { graph: 404, api: 404, openapi: 404, page: 404 };
    expect(await doorsOf(['workers', 'scheduler'])).toEqual({ ...always, ...nothing });
  });
});

/** The status of each door. */
async function doorsOf(roles: HubRole[]) {
  const { app } = await openApp({ roles });
  const status = async (method: 'GET' | 'POST', url: string) =>
    (
      await app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${API_KEYS.admin}`, accept: 'text/html' },
      })
    ).statusCode;
  return {
    graph: await status('POST', '/graph/notifications'),
    api: await status('GET', '/api/v1/subscriptions'),
    openapi: await status('GET', '/api/v1/openapi.json'),
    page: await status('GET', '/'),
    health: await status('GET', '/healthz'),
    metrics: await status('GET', '/metrics'),
  };
}
