import { describe, expect, test } from 'vitest';
import { HubError } from '../../src/core/errors.ts';
import { testHub, bearer } from './hub-deps.ts';
import { openApp, problemIn } from './open-app.ts';

const ask = { url: '/api/v1/destinations', headers: bearer('viewer') };

async function failing(error: unknown) {
  const store = {
    ...testHub().deps.store,
    listDestinations: async () => {
      // oxlint-disable-next-line typescript/only-throw-error -- whatever is thrown has to become an answer
      throw error;
    },
  };
  const hub = await openApp({ store });
  return {
    response: await hub.app.inject(ask),
    lines: hub.logLines.map((line) => JSON.parse(line) as object),
  };
}

test('a fault of ours shows its request id and nothing of its inside, and is logged once', async () => {
  const { response, lines } = await failing(new TypeError('password is hunter2', { cause: 'deeper' }));
  expect(problemIn(response)).toMatchObject({
    status: 500,
    code: 'internal',
    title: 'Internal Server Error',
  });
  expect(response.body).not.toMatch(/hunter2|deeper|TypeError/);
  expect(lines).toEqual([
    expect.objectContaining({
      level: 50,
      msg: 'http.failed',
      requestId: response.headers['x-request-id'],
      route: '/api/v1/destinations',
      err: expect.objectContaining({ message: expect.stringContaining('hunter2') as string }) as object,
    }),
  ]);
});

test('of a fault of the database the log has the SQLSTATE and the frames, never what it quotes', async () => {
  const fault = Object.assign(new Error('invalid input: "Dear Ada"\n    at Ada (secret)'), {
    severity: 'ERROR',
    code: '22P02',
    detail: 'Failing row contains (Dear Ada).',
    where: 'COPY events: "Dear Ada"',
  });
  for (const thrown of [
    fault,
    new Error('append failed', { cause: fault }),
    new HubError('store_unavailable', 'The database is away.', { cause: fault }),
  ]) {
    const { lines } = await failing(thrown);
    expect(lines).toHaveLength(1);
    const line = JSON.stringify(lines);
    expect(line).toContain('22P02');
    expect(line).not.toMatch(/Ada/);
  }
  expect(JSON.stringify((await failing(fault)).lines)).toContain('problem.test.ts');
});

test('what is thrown need not be an error', async () => {
  expect(problemIn((await failing('nothing')).response)['code']).toBe('internal');
  expect(problemIn((await failing(undefined)).response)['code']).toBe('internal');
});

test('a store that is away is a 503 that says when to come again', async () => {
  const cause = new Error('connect ECONNREFUSED 10.0.0.1:5432');
  const { response, lines } = await failing(
    new HubError('store_unavailable', 'The database is away.', { cause }),
  );
  expect(problemIn(response)).toMatchObject({ status: 503, code: 'store_unavailable' });
  expect(response.headers['retry-after']).toBe('10');
  expect(response.body).not.toContain('10.0.0.1');
  expect(lines).toEqual([
    expect.objectContaining({ level: 40, msg: 'http.unavailable', code: 'store_unavailable' }),
  ]);
});

test('the status of another service is not ours', async () => {
  const error = Object.assign(new Error('Not Found'), { statusCode: 404, code: 'ResourceNotFound' });
  expect(problemIn((await failing(error)).response)['code']).toBe('internal');
});

test('what an error adds stands beside the members of a problem, never over them', async () => {
  const { response } = await failing(
    new HubError('forbidden', 'no', { extra: { key: 'k', status: 1, code: 'x' } }),
  );
  expect(problemIn(response)).toMatchObject({ status: 403, code: 'forbidden', key: 'k' });
});

test.each([
  ['GET', '/api/v1/nothing'],
  ['PUT', '/api/v1/events'],
  ['HEAD', '/api/v1/events/stream'],
  ['DELETE', '/nothing'],
] as const)('%s %s is a 404 problem', async (method, url) => {
  const { app } = await openApp();
  const response = await app.inject({ method, url, headers: bearer('admin') });
  expect(response.statusCode).toBe(404);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
});

test('an address that cannot be decoded is a 400 problem', async () => {
  const { app } = await openApp();
  expect(problemIn(await app.inject('/%ff'))['code']).toBe('bad_request');
});

test('a request id is ours, whatever the request says', async () => {
  const { app } = await openApp();
  const headers = { 'x-request-id': 'mine', 'request-id': 'mine' };
  const { headers: answered } = await app.inject({ url: '/healthz', headers });
  expect(answered['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

describe('bad input names every flaw by its path', () => {
  test('in a body, as JSON pointers', async () => {
    const { app } = await openApp();
    const payload = { tenant: 5, changeTypes: ['moved'], 'a/b~c': 1, other: 2 };
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/subscriptions',
      headers: bearer('admin'),
      payload,
    });
    expect(problemIn(response)['errors']).toEqual(
      expect.arrayContaining([
        { path: '/resource', message: 'is required' },
        { path: '/a~1b~0c', message: 'is not known here' },
        { path: '/other', message: 'is not known here' },
        { path: '/tenant', message: 'must be string' },
        { path: '/changeTypes/0', message: 'must be one of created, updated, deleted' },
      ]),
    );
  });

  test('and is a sentence in the detail', async () => {
    const { app } = await openApp();
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/subscriptions',
      headers: bearer('admin'),
      payload: { resource: 'nonsense', changeTypes: ['moved'], 'a/b~c': 1 },
    });
    expect(problemIn(response)['detail']).toMatch(
      /^The request is not valid: (?=.*changeTypes\[0\] must be one of )(?=.*a\/b~c is not known here).*\.$/,
    );
    expect(problemIn(response)['detail']).not.toMatch(/ \/(changeTypes|a)/);
  });

  test('in a query, by name', async () => {
    const { app } = await openApp();
    const response = await app.inject({
      url: '/api/v1/events?limit=0&x=1&since=no',
      headers: bearer('viewer'),
    });
    expect((problemIn(response)['errors'] as { path: string }[]).map(({ path }) => path).sort()).toEqual([
      'limit',
      'since',
      'x',
    ]);
  });

  test('but never more than twenty', async () => {
    const { app } = await openApp();
    const payload = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`m${index}`, 1]));
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/subscriptions',
      headers: bearer('admin'),
      payload,
    });
    expect(problemIn(response)['errors']).toHaveLength(20);
  });
});
