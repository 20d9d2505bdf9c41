import { once } from 'node:events';
import { createConnection } from 'node:net';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { WebPubSubServer } from '../../../src/local/web-pubsub-server/start-web-pubsub-server.ts';
import { WebSocket } from 'ws';
import { ACCESS_KEY, HUB, localServer, PLAIN, rawClient, RELIABLE, serviceOf } from './local-server.ts';

/** What a client's handshake is answered: 101, or the status it was refused with. */
function handshake(url: string, subprotocols = [RELIABLE]): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, subprotocols);
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

function clientUrl(server: WebPubSubServer, token: string, hub = HUB): string {
  return `ws://127.0.0.1:${server.port}/client/hubs/${hub}?access_token=${token}`;
}

function clientToken(
  server: WebPubSubServer,
  claims: Record<string, unknown> = {},
  { key = ACCESS_KEY, hub = HUB, expiry = '1m' } = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(`${server.endpoint}/client/hubs/${hub}`)
    .setExpirationTime(expiry)
    .sign(Buffer.from(key));
}

test('a client needs a token that is signed by the key, not expired, and for its hub', async () => {
  const server = await localServer();
  const good = await clientToken(server);
  const unsigned = `${btoa('{"alg":"none"}')}.${good.split('.')[1]}.`.replaceAll('=', '');
  const withoutExpiry = new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(`${server.endpoint}/client/hubs/${HUB}`)
    .sign(Buffer.from(ACCESS_KEY));
  expect(await handshake(clientUrl(server, good))).toBe(101);
  for (const token of [
    '',
    'x.y.z',
    unsigned,
    await withoutExpiry,
    await clientToken(server, {}, { expiry: '-1s' }),
    await clientToken(server, {}, { key: 'another-key-of-the-same-kind-and-length-more-or-less' }),
    await clientToken(server, {}, { hub: 'other' }),
    await clientToken(server, { role: 5 }),
    await clientToken(server, { 'webpubsub.group': [{}] }),
  ])
    expect([token, await handshake(clientUrl(server, token))]).toEqual([token, 401]);
  expect(await handshake(clientUrl(server, await clientToken(server, { 'webpubsub.group': ' ' })))).toBe(400);
  expect(server.stats().groups).toBe(0);
});

test('a token for REST does not connect a client, and the other way about', async () => {
  const server = await localServer();
  const { token } = await serviceOf(server).getClientAccessToken();
  const answer = await fetch(`${server.endpoint}/api/hubs/${HUB}/:send`, {
    method: 'POST',
    body: '{}',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(401);
});

test('a single role and a single group may be plain text in the token', async () => {
  const server = await localServer();
  const token = await clientToken(server, { role: 'webpubsub.sendToGroup', 'webpubsub.group': 'g' });
  const client = rawClient(clientUrl(server, token));
  await client.frames.reach(1);
  client.send({ type: 'sendToGroup', group: 'g', data: 1, ackId: 1 });
  expect(await client.frames.reach(3)).toMatchObject([
    { event: 'connected' },
    { type: 'message', data: 1, sequenceId: 1 },
    { type: 'ack', success: true },
  ]);
});

test('only the JSON subprotocols are spoken, the reliable one first', async () => {
  const server = await localServer();
  const url = clientUrl(server, await clientToken(server));
  expect(await handshake(url, [])).toBe(400);
  expect(await handshake(url, ['protobuf.webpubsub.azure.v1'])).toBe(400);
  expect(await handshake(url, ['mqtt', PLAIN])).toBe(101);
  const both = new WebSocket(url, [PLAIN, RELIABLE]);
  await once(both, 'open');
  expect(both.protocol).toBe(RELIABLE);
  both.terminate();
});

test('other paths are not there', async () => {
  const server = await localServer();
  const token = await clientToken(server);
  for (const path of [
    '/',
    '/client/hubs/',
    '/client/hubs/1x',
    `/client/hubs/${HUB}/more`,
    '//',
    `/api/hubs/${HUB}`,
  ])
    expect([path, await handshake(`ws://127.0.0.1:${server.port}${path}?access_token=${token}`)]).toEqual([
      path,
      404,
    ]);
});

test('a client that hangs up in the middle of its handshake does no harm', async () => {
  const server = await localServer();
  const token = await clientToken(server);
  const socket = createConnection(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `GET /client/hubs/${HUB}?access_token=${token} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\n` +
      `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${PLAIN}\r\n\r\n`,
  );
  socket.resetAndDestroy();
  expect(await handshake(clientUrl(server, token))).toBe(101);
  await expect.poll(() => server.stats().connected).toBe(0);
});

test('a port that is taken is said so', async () => {
  const server = await localServer();
  await expect(localServer({ port: server.port })).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining(String(server.port)),
  });
});
