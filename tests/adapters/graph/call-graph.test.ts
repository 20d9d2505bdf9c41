import type { TokenCredential } from '@azure/identity';
import { expect, test } from 'vitest';
import { graphApi } from '../../../src/adapters/graph/graph-api.ts';
import { HubError } from '../../../src/core/errors.ts';
import { json, tlsServer } from './tls-server.ts';

const TENANT = '00000000-0000-4000-8000-000000000001';

const fixedCredential: TokenCredential = {
  getToken: () => Promise.resolve({ token: 'the-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

function graphAt(
  graphUrl: string,
  options: { credential?: TokenCredential; readTimeoutMs?: number; scope?: string } = {},
) {
  const { credential = fixedCredential, ...rest } = options;
  return graphApi({ graphUrl, tenants: [{ id: TENANT, credential }], ...rest });
}

const ASK = {
  changeTypes: ['created', 'deleted'] as const,
  resource: 'users/x/messages',
  notificationUrl: 'https://hub.example/graph/notifications',
  lifecycleNotificationUrl: 'https://hub.example/graph/lifecycle',
  expiresAt: '2026-03-04T05:06:07.000Z',
  clientState: 'state',
};
const SUBSCRIPTION = { id: 'g', expirationDateTime: '2026-03-04T05:06:07.1234567Z' };

test('a create is sent as Graph documents it, with the preference only where it is wanted', async () => {
  const { url, seen } = await tlsServer((_request, response) => json(response, 201, SUBSCRIPTION));
  const graph = graphAt(url);
  const answer = await graph.createSubscription(TENANT, { ...ASK, immutableIds: true });
  await graph.createSubscription(TENANT, { ...ASK, immutableIds: false });
  expect(answer).toMatchObject({ status: 'ok', value: { id: 'g', expiresAt: '2026-03-04T05:06:07.123Z' } });
  expect(seen[0]).toMatchObject({
    method: 'POST',
    path: '/v1.0/subscriptions',
    headers: {
      authorization: 'Bearer the-token',
      'content-type': 'application/json',
      prefer: 'IdType="ImmutableId"',
    },
  });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
    changeType: 'created,deleted',
    resource: ASK.resource,
    notificationUrl: ASK.notificationUrl,
    lifecycleNotificationUrl: ASK.lifecycleNotificationUrl,
    expirationDateTime: ASK.expiresAt,
    clientState: 'state',
  });
  expect(seen[1]?.headers).not.toHaveProperty('prefer');
});

test('a batch is relative URLs, the subjects as they are but for the plus sign', async () => {
  const { url, seen } = await tlsServer((_request, response) => json(response, 200, { responses: [] }));
  const path = "users/o'x@contoso.example/messages/AAk+A=";
  const [answer] = await graphAt(url).fetchResources(
    TENANT,
    [{ path, immutableIds: true }],
    new AbortController().signal,
  );
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
    requests: [
      {
        id: '0',
        method: 'GET',
        url: "/users/o'x@contoso.example/messages/AAk%2BA=",
        headers: { prefer: 'IdType="ImmutableId"' },
      },
    ],
  });
  expect(answer).toEqual({
    status: 'unreachable',
    message: "Graph's answer to the batch lacks this request.",
  });
});

test('the answers of a batch are found by their ids, their headers in any case', async () => {
  const responses = [
    { id: '1', status: 429, headers: { 'Retry-After': '3' } },
    { id: '0', status: 204 },
  ];
  const { url } = await tlsServer((_request, response) => json(response, 200, { responses }));
  const requests = ['users/a', 'users/b'].map((path) => ({ path, immutableIds: false }));
  expect(await graphAt(url).fetchResources(TENANT, requests, new AbortController().signal)).toEqual([
    { status: 'ok', value: null },
    { status: 'throttled', retryAfterMs: 3000 },
  ]);
});

test('a 503 is asked once: when to ask again is not decided here', async () => {
  const { url, seen } = await tlsServer((_request, response) =>
    json(response, 503, {}, { 'retry-after': '0' }),
  );
  expect(await graphAt(url).get(TENANT, 'users')).toEqual({ status: 'throttled', retryAfterMs: 0 });
  expect(seen).toHaveLength(1);
});

test.each([
  ['a page of a proxy with an error', 502, 'text/html', '<h1>Bad Gateway</h1>', 'Graph answered 502'],
  ['a page of a proxy with 200', 200, 'text/html', '<h1>Sign in</h1>', 'a proxy may stand between'],
  ['JSON that is cut off', 200, 'application/json', '{"id":', 'a proxy may stand between'],
])('%s is not Graph', async (_what, status, type, body, words) => {
  const { url } = await tlsServer((_request, response) =>
    response.writeHead(status, { 'content-type': type }).end(body),
  );
  const answer = await graphAt(url).get(TENANT, 'users');
  expect(answer).toMatchObject({ status: 'unreachable', message: expect.stringContaining(words) as string });
});

test.each([{}, { id: 7 }, { id: 'g', expirationDateTime: 'soon' }, []])(
  'a subscription of %j is not one',
  async (body) => {
    const { url } = await tlsServer((_request, response) => json(response, 200, body));
    expect(await graphAt(url).renewSubscription(TENANT, 'g', ASK.expiresAt)).toMatchObject({
      status: 'unreachable',
    });
  },
);

test.each([{}, { value: [SUBSCRIPTION, {}] }])('a list of %j is not one', async (body) => {
  const { url } = await tlsServer((_request, response) => json(response, 200, body));
  expect(await graphAt(url).listSubscriptions(TENANT)).toMatchObject({ status: 'unreachable' });
});

test('a page that fails is the answer to the whole list', async () => {
  const server = await tlsServer(({ path }, response) =>
    path.includes('$skiptoken')
      ? json(response, 429, {}, { 'retry-after': '20' })
      : json(response, 200, {
          value: [SUBSCRIPTION],
          '@odata.nextLink': `${server.url}/v1.0/subscriptions?$skiptoken=a%2Bb`,
        }),
  );
  expect(await graphAt(server.url).listSubscriptions(TENANT)).toEqual({
    status: 'throttled',
    retryAfterMs: 20_000,
  });
  expect(server.seen[1]?.path).toBe('/v1.0/subscriptions?$skiptoken=a%2Bb');
});

test('a link to another host is never sent the token', async () => {
  const other = await tlsServer((_request, response) => json(response, 200, { value: [] }));
  const elsewhere = other.url.replace('127.0.0.1', 'localhost');
  const { url } = await tlsServer((_request, response) =>
    json(response, 200, { value: [], '@odata.nextLink': `${elsewhere}/v1.0/subscriptions` }),
  );
  await graphAt(url).listSubscriptions(TENANT);
  expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test('a network that fails says why', async () => {
  const { url } = await tlsServer((_request, response) => response.destroy());
  const cut = await graphAt(url).get(TENANT, 'users');
  expect(cut).toMatchObject({
    status: 'unreachable',
    message: expect.stringMatching(/^Graph cannot be reached: .+/) as string,
  });
  const refused = await graphAt('https://127.0.0.1:60').get(TENANT, 'users');
  expect(refused).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') as string });
  const unknown = await graphAt('https://graph.invalid').get(TENANT, 'users');
  expect(unknown).toMatchObject({ message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) as string });
});

test('an answer that does not come, or does not end, is given up in time', async () => {
  const silent = await tlsServer(() => {});
  const late = { status: 'unreachable', message: 'Graph gave no answer within 60 ms' };
  expect(await graphAt(silent.url, { readTimeoutMs: 60 }).get(TENANT, 'users')).toEqual(late);
  const endless = await tlsServer((_request, response) => response.writeHead(200).write('{"value":['));
  expect(await graphAt(endless.url, { readTimeoutMs: 60 }).get(TENANT, 'users')).toEqual(late);
});

test('a token that does not come is given up in the same time', async () => {
  const credential = { getToken: () => Promise.withResolvers<never>().promise };
  const { url, seen } = await tlsServer((_request, response) => json(response, 200, {}));
  expect(await graphAt(url, { credential, readTimeoutMs: 60 }).get(TENANT, 'users')).toEqual({
    status: 'unreachable',
    message: 'Graph gave no answer within 60 ms',
  });
  expect(seen).toEqual([]);
});

test.each([
  ['https://graph.microsoft.us', undefined, 'https://graph.microsoft.us/.default'],
  ['https://microsoftgraph.chinacloudapi.cn', undefined, 'https://microsoftgraph.chinacloudapi.cn/.default'],
  ['https://127.0.0.1:8443', undefined, 'https://graph.microsoft.com/.default'],
  ['https://127.0.0.1:8443', 'https://graph.microsoft.us/.default', 'https://graph.microsoft.us/.default'],
])('for %s and the scope %s, tokens are asked for %s', async (graphUrl, scope, asked) => {
  const scopes: (string | string[])[] = [];
  const getToken = (wanted: string | string[]) => {
    scopes.push(wanted);
    return Promise.resolve(null);
  };
  await graphAt(graphUrl, { credential: { getToken }, ...(scope !== undefined && { scope }) }).get(
    TENANT,
    'users',
  );
  expect(scopes).toEqual([asked]);
});

test('a root that is not https is refused: the client would send no token', () => {
  for (const graphUrl of ['http://127.0.0.1:8080', 'graph.microsoft.com'])
    expect(() => graphAt(graphUrl)).toThrow(HubError);
});
