import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { webPubSubChannel } from '../../../src/adapters/web-pubsub/web-pubsub-channel.ts';
import type { RealtimeChannel } from '../../../src/ports/realtime-channel.ts';
import { HubError } from '../../../src/core/errors.ts';

const KEY = 'a-key-of-a-service-that-is-only-used-by-tests';

interface Received {
  method: string | undefined;
  url: string | undefined;
  contentType: string | undefined;
  body: string;
}

interface Service {
  channel: RealtimeChannel;
  received: Received[];
  /** Sockets it was called on. */
  sockets: Set<unknown>;
}

/** A service that answers every request alike, and a channel to it. */
async function service(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
  timeoutMs?: number,
): Promise<Service> {
  const received: Received[] = [];
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks).toString();
      received.push({ method, url, contentType: headers['content-type'], body });
      answer(response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const account = { connectionString: `Endpoint=http://127.0.0.1:${port};AccessKey=${KEY};Version=1.0;` };
  const channel = webPubSubChannel(account, 'heliograph', timeoutMs === undefined ? {} : { timeoutMs });
  return { channel, received, sockets };
}

function answers(
  status: number,
  headers: Record<string, string> = {},
  body = '',
): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

test('a message is sent once, as the JSON text it is, on one connection', async () => {
  const { channel, received, sockets } = await service(answers(202));
  const message = '{"events": [ 1.0, "\u00fc\u2028" ]}';
  for (let n = 0; n < 5; n++)
    expect(await channel.sendToGroup('tenant.a b/c', message)).toEqual({ status: 'delivered' });
  expect(received).toHaveLength(5);
  expect(received[0]).toEqual({
    method: 'POST',
    url: '/api/hubs/heliograph/groups/tenant.a%20b%2Fc/:send?api-version=2024-12-01',
    contentType: 'application/json',
    body: message,
  });
  expect(sockets.size).toBe(1);
});

test.each([400, 413])('%i is a refusal of this message', async (status) => {
  const body = JSON.stringify({ code: 'Bad', message: 'Not this one.' });
  const { channel, received } = await service(answers(status, { 'content-type': 'application/json' }, body));
  const outcome = await channel.sendToGroup('g', '{}');
  expect(outcome).toEqual({ status: 'refused', code: `http_${status}`, message: 'Not this one.' });
  expect(received).toHaveLength(1);
});

test.each([401, 403, 404, 408, 429, 500, 502, 503, 504, 302])(
  '%i is a failure of the destination, and is not retried inside',
  async (status) => {
    const { channel, received } = await service(answers(status, { location: '/elsewhere' }));
    expect(await channel.sendToGroup('g', '{}')).toEqual({
      status: 'failed',
      code: `http_${status}`,
      message: expect.stringMatching(/./),
    });
    expect(received).toHaveLength(1);
  },
);

test.each([429, 503])('%i says when to come back', async (status) => {
  const { channel, received } = await service(answers(status, { 'retry-after': '17' }));
  const startedAt = Date.now();
  expect(await channel.sendToGroup('g', '{}')).toMatchObject({ status: 'failed', retryAfterMs: 17_000 });
  expect(Date.now() - startedAt).toBeLessThan(5000);
  expect(received).toHaveLength(1);
});

test('a whole error page is kept to a readable length', async () => {
  const { channel } = await service(
    answers(502, { 'content-type': 'text/html' }, `<html>${'x'.repeat(90_000)}`),
  );
  const outcome = await channel.sendToGroup('g', '{}');
  expect(outcome).toMatchObject({ status: 'failed', code: 'http_502' });
  expect(JSON.stringify(outcome).length).toBeLessThan(700);
});

test('a service that hangs is a failure in time', async () => {
  const { channel } = await service(() => undefined, 50);
  expect(await channel.sendToGroup('g', '{}')).toEqual({
    status: 'failed',
    code: 'timeout',
    message: 'no answer within 50 ms',
  });
});

test('a service that hangs in the middle of its answer is one too', async () => {
  const { channel } = await service((response) => {
    response.writeHead(202, { 'content-length': '10' });
    response.write('x');
  }, 50);
  expect(await channel.sendToGroup('g', '{}')).toMatchObject({ status: 'failed', code: 'timeout' });
});

test('a connection that is reset or refused is a failure', async () => {
  const { channel } = await service((_response, request) => {
    request.socket.destroy();
  });
  expect(await channel.sendToGroup('g', '{}')).toMatchObject({ status: 'failed', code: 'ECONNRESET' });

  const unused = createServer();
  unused.listen(0, '127.0.0.1');
  await once(unused, 'listening');
  const { port } = unused.address() as AddressInfo;
  unused.close();
  await once(unused, 'close');
  const gone = webPubSubChannel(
    { connectionString: `Endpoint=http://127.0.0.1:${port};AccessKey=${KEY}` },
    'h',
  );
  expect(await gone.sendToGroup('g', '{}')).toMatchObject({ status: 'failed', code: 'ECONNREFUSED' });
  await expect(gone.ping()).rejects.toMatchObject({ code: 'realtime_unavailable' });
});

test('ping is one authenticated call that must be answered, existing group or not', async () => {
  const found = await service(answers(200));
  await found.channel.ping();
  const missing = await service(answers(404));
  await missing.channel.ping();
  expect(missing.received).toMatchObject([{ method: 'HEAD' }]);
  for (const status of [401, 403, 500, 503]) {
    const { channel } = await service(answers(status));
    await expect(channel.ping()).rejects.toThrow(HubError);
  }
  const hung = await service(() => undefined, 50);
  await expect(hung.channel.ping()).rejects.toThrow('no answer within 50 ms');
});

test('a client URL grants its groups for its time, and nothing else', async () => {
  const { channel, received } = await service(answers(500));
  const url = new URL(
    await channel.clientUrl({ groups: ['tenant.a', 'tenant.b'], userId: 'ada', ttlMinutes: 5 }),
  );
  expect([url.protocol, url.pathname]).toEqual(['ws:', '/client/hubs/heliograph']);
  const { iat = 0, exp, ...claims } = decodeJwt(url.searchParams.get('access_token') ?? '');
  expect(exp).toBe(iat + 300);
  expect(claims).toEqual({
    aud: `http://${url.host}/client/hubs/heliograph`,
    sub: 'ada',
    'webpubsub.group': ['tenant.a', 'tenant.b'],
  });
  const nobody = new URL(await channel.clientUrl({ groups: [], ttlMinutes: 1 }));
  expect(decodeJwt(nobody.searchParams.get('access_token') ?? '')).not.toHaveProperty('sub');
  expect(received).toHaveLength(0);
});

const credential = {
  getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

test('by identity, a token that cannot be had is a failure, and so is one that takes too long', async () => {
  const endpoint = 'https://name.webpubsub.azure.com';
  const refused = {
    getToken: () => Promise.reject(Object.assign(new Error('no'), { name: 'CredentialUnavailableError' })),
  };
  const channel = webPubSubChannel({ endpoint, credential: refused }, 'h');
  expect(await channel.sendToGroup('g', '{}')).toEqual({
    status: 'failed',
    code: 'CredentialUnavailableError',
    message: 'no',
  });
  await expect(channel.clientUrl({ groups: [], ttlMinutes: 1 })).rejects.toMatchObject({
    code: 'realtime_unavailable',
  });
  const slow = { getToken: () => new Promise<never>(() => undefined) };
  const hung = webPubSubChannel({ endpoint, credential: slow }, 'h', { timeoutMs: 50 });
  expect(await hung.sendToGroup('g', '{}')).toMatchObject({ status: 'failed', code: 'timeout' });
});

test.each([
  { connectionString: `Endpoint=http://example.com;AccessKey=${KEY};` },
  { connectionString: `Endpoint=http://127.0.0.1.example.com;AccessKey=${KEY};` },
  { connectionString: `AccessKey=${KEY};` },
  { connectionString: `Endpoint=ftp://127.0.0.1;AccessKey=${KEY}` },
  { connectionString: 'Endpoint=https://name.webpubsub.azure.com;' },
  { connectionString: '' },
  { endpoint: 'http://127.0.0.1:8080', credential },
  { endpoint: 'name', credential },
])('an account that cannot work stops the start, its key unsaid: %o', (account) => {
  let thrown: unknown;
  try {
    webPubSubChannel(account, 'heliograph');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'configuration', message: expect.not.stringContaining(KEY) });
});

test.each([
  'Endpoint=https://name.webpubsub.azure.com;AccessKey=k;Version=1.0;',
  'accesskey=k;endpoint=name.webpubsub.azure.com',
  'Endpoint=http://localhost;Port=8080;AccessKey=k',
  'Endpoint=http://[::1]:8080;AccessKey=k',
  'Endpoint=http://127.8.8.8:8080;AccessKey=k',
])('%s is an account', (connectionString) => {
  expect(webPubSubChannel({ connectionString }, 'heliograph')).toHaveProperty('sendToGroup');
});
