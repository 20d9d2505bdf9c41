import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientStateSecret, makeClientState } from '../../src/core/client-state.ts';
import { GroupCommit } from '../../src/steps/receive/group-commit.ts';
import { receiveNotifications, type ReceiveOutcome } from '../../src/steps/receive/receive-notifications.ts';
import { adjustableClock } from '../support/adjustable-clock.ts';
import { silentLog } from '../support/logs.ts';
import { KEY } from './hub-deps.ts';
import { openApp, problemIn } from './open-app.ts';

const URLS = ['/graph/notifications', '/graph/lifecycle'];

describe.each(URLS)('the handshake at %s', (url) => {
  const token = 'Validation: Testing client application reachability for subscription Request-Id: 1f/2+ü';
  const encoded = encodeURIComponent(token);

  test.each([
    ['no body and no type', {}],
    ['text/plain', { headers: { 'content-type': 'text/plain; charset=utf-8' } }],
    ['application/json without a body', { headers: { 'content-type': 'application/json' } }],
    ['a type that is none', { headers: { 'content-type': '§' }, payload: 'x' }],
  ])('answers the decoded token: %s', async (_name, more) => {
    const { app, posts } = await openApp();
    const response = await app.inject({ method: 'POST', url: `${url}?validationToken=${encoded}`, ...more });
    expect(response.statusCode).toBe(200);
    expect(response.body).toBe(token);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(posts).toEqual([]);
  });

  test('takes a token among other parameters, with spaces as +', async () => {
    const { app } = await openApp();
    const response = await app.inject({ method: 'POST', url: `${url}?a=1&validationToken=x+%2B%3ay` });
    expect(response.body).toBe('x +:y');
  });

  test.each([
    ['empty', ''],
    ['a line feed', 'a%0Ab'],
    ['NUL', 'a%00'],
    ['DEL', '%7F'],
    ['a C1 control', '%C2%85'],
    ['over 4 KiB', 'a'.repeat(4097)],
    ['over 4 KiB of UTF-8', '%C3%BC'.repeat(2049)],
    ['given twice', 'a&validationToken=b'],
  ])('refuses a token that is not printable text: %s', async (_name, bad) => {
    const { app } = await openApp();
    const response = await app.inject({ method: 'POST', url: `${url}?validationToken=${bad}` });
    expect(response.statusCode).toBe(400);
    expect(problemIn(response)).toMatchObject({
      code: 'bad_request',
      errors: [{ path: 'validationToken', message: expect.any(String) as string }],
    });
  });

  test('takes a token of 4 KiB', async () => {
    const { app } = await openApp();
    const long = 'a'.repeat(4096);
    expect((await app.inject({ method: 'POST', url: `${url}?validationToken=${long}` })).body).toBe(long);
  });
});

describe('a post', () => {
  const post = { method: 'POST', url: '/graph/notifications' } as const;

  test.each(['application/json', 'text/plain', 'application/octet-stream', 'nonsense', '', undefined])(
    'goes to the step as it came, whatever type it says: %s',
    async (type) => {
      const { app, posts } = await openApp();
      const body = '{ "value": [ "\\u0000 ü" ] }';
      const headers = type === undefined ? {} : { 'content-type': type };
      const response = await app.inject({ ...post, headers, payload: Buffer.from(body) });
      expect(response.statusCode).toBe(202);
      expect(response.body).toBe('');
      expect(posts).toEqual([body]);
    },
  );

  test('of 4 MiB is taken, a byte more is a 413', async () => {
    const { app, posts } = await openApp();
    const size = 4 * 1024 * 1024;
    expect((await app.inject({ ...post, payload: 'x'.repeat(size) })).statusCode).toBe(202);
    const response = await app.inject({ ...post, payload: 'x'.repeat(size + 1) });
    expect(response.statusCode).toBe(413);
    expect(problemIn(response)['code']).toBe('body_too_large');
    expect(posts).toHaveLength(1);
  });

  test('with a content encoding is a 415', async () => {
    const { app, posts } = await openApp();
    const response = await app.inject({ ...post, headers: { 'content-encoding': 'gzip' }, payload: 'x' });
    expect(response.statusCode).toBe(415);
    expect(problemIn(response)['code']).toBe('unsupported_media_type');
    expect(posts).toEqual([]);
  });

  test('that is no collection is a 400 that says where', async () => {
    const malformed = { status: 'malformed', path: '/value/1', message: 'is not an object' } as const;
    const { app } = await openApp(steps(async () => malformed));
    const response = await app.inject({ ...post, payload: '{}' });
    expect(response.statusCode).toBe(400);
    expect(problemIn(response)).toMatchObject({
      code: 'not_a_notification_collection',
      errors: [{ path: '/value/1', message: 'is not an object' }],
    });
  });

  test('that is not committed is a 503, and Graph is told when to come again', async () => {
    const { app } = await openApp(
      steps(async () => ({ status: 'not_committed', message: 'Not committed.' })),
    );
    const response = await app.inject({ ...post, payload: '{}' });
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('10');
    expect(problemIn(response)['code']).toBe('not_committed');
  });

  test('leaves no log line and carries nothing that Graph does not read', async () => {
    const { app, logLines } = await openApp();
    const response = await app.inject({ ...post, payload: '{}' });
    expect(logLines).toEqual([]);
    expect(Object.keys(response.headers).toSorted()).toEqual(['connection', 'content-length', 'date']);
  });

  test('is measured by the status of its answer', async () => {
    const { app, deps } = await openApp();
    await app.inject({ ...post, payload: '{}' });
    await app.inject({ method: 'POST', url: '/graph/lifecycle?validationToken=x' });
    const text = await deps.metrics.registry.metrics();
    expect(text).toContain('heliograph_graph_answer_seconds_bucket{le="3",status="202"} 1');
    expect(text).toContain('heliograph_graph_answer_seconds_bucket{le="10",status="200"} 1');
  });

  test.each(['GET', 'PUT', 'DELETE'] as const)('by %s is a 404', async (method) => {
    const { app } = await openApp();
    expect((await app.inject({ method, url: '/graph/notifications' })).statusCode).toBe(404);
  });
});

describe('whatever comes', () => {
  const secret = clientStateSecret(Buffer.alloc(32, 1));
  const item = {
    subscriptionId: 's',
    clientState: makeClientState(secret, KEY),
    changeType: 'created',
    resource: 'users/u/messages/m',
  };

  /** The real step over an inbox that takes everything. */
  async function receiver() {
    const committed: string[] = [];
    const inbox = new GroupCommit({
      store: { commitToInbox: async (_lane, posts) => ({ status: 'committed', row: committed.push(posts) }) },
      committed: () => {},
    });
    const counters = { accepted: () => {}, forged: () => {} };
    const deps = {
      inbox,
      clientStateSecrets: [secret],
      clock: adjustableClock(),
      log: silentLog,
      counters,
      forgeries: { noticed: () => {} },
    };
    const { app } = await openApp(steps((text) => receiveNotifications(deps, text)));
    const answer = async (payload: Buffer | string, headers: Record<string, string> = {}) =>
      (await app.inject({ method: 'POST', url: '/graph/notifications', payload, headers })).statusCode;
    return { answer, committed };
  }

  test('arbitrary bytes are a 400', async () => {
    const { answer } = await receiver();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await answer(Buffer.from(bytes), { 'content-type': 'application/json' })).toBe(400);
      }),
    );
  });

  test('arbitrary JSON, and collections with arbitrary items, are a 202 or a 400', async () => {
    const { answer } = await receiver();
    const anything = fc.jsonValue({ maxDepth: 4 });
    const bent = fc.record({ value: fc.array(fc.oneof(fc.constant(item), anything)) }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, bent), async (body) => {
        expect([202, 400]).toContain(await answer(JSON.stringify(body)));
      }),
    );
  });

  test.each([
    ['a byte order mark before nothing', '\uFEFF', 400],
    ['unbalanced depth', '['.repeat(200_000), 400],
    ['depth that is JSON', `{"value":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`, 400],
    ['a prototype', `{"__proto__":{"value":1},"value":[${JSON.stringify(item)}]}`, 202],
    ['\\u0000', JSON.stringify({ value: [{ ...item, resource: 'a\u0000b' }] }), 202],
    ['a lone surrogate', `{"value":[${JSON.stringify(item).replace('users', '\\ud800')}]}`, 202],
    ['1,000 items', JSON.stringify({ value: Array.from({ length: 1_000 }, () => item) }), 202],
    ['invalid UTF-8 in a string', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
  ])('%s', async (_name, body, status) => {
    const { answer } = await receiver();
    expect(await answer(body)).toBe(status);
  });
});

const never = async (): Promise<never> => {
  throw new Error('not this one');
};

function steps(receive: (text: string) => Promise<ReceiveOutcome>) {
  return {
    steps: {
      receiveNotifications: receive,
      createSubscription: never,
      renewSubscription: never,
      renewDue: never,
      deleteSubscription: never,
    },
  };
}
