import { request } from 'node:http';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { ACCESS_KEY, HUB, localServer, sdkClient, serviceOf } from './local-server.ts';

const VERSION = 'api-version=2024-12-01';

/** A call past the SDK, with a token for its URL unless told otherwise. */
async function call(
  server: { endpoint: string },
  method: string,
  path: string,
  options: { body?: string | Buffer; headers?: Record<string, string>; token?: string } = {},
): Promise<Response> {
  // As fetch will write it, quotes encoded.
  const url = new URL(`${server.endpoint}${path}`).href;
  const token = options.token ?? (await tokenFor(url));
  return fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...options.headers },
    ...(options.body === undefined ? {} : { body: options.body }),
  });
}

function tokenFor(audience: string, expiry = '1m', key = ACCESS_KEY): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(audience)
    .setExpirationTime(expiry)
    .sign(Buffer.from(key));
}

test('what exists is told from what does not', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const { id } = await sdkClient(server, { userId: 'ada', groups: ['g'] });
  expect(await service.connectionExists(id())).toBe(true);
  expect(await service.userExists('ada')).toBe(true);
  expect(await service.groupExists('g')).toBe(true);
  expect(await service.connectionExists('nobody')).toBe(false);
  expect(await service.userExists('bob')).toBe(false);
  expect(await service.groupExists('h')).toBe(false);
  expect(await serviceOf(server, 'other').connectionExists(id())).toBe(false);
});

test('connections and users are put into groups and taken out again', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const { id } = await sdkClient(server, { userId: 'ada' });
  const membership = async (): Promise<boolean[]> =>
    Promise.all(['a', 'b', 'c'].map((group) => service.groupExists(group)));
  await service.group('a').addConnection(id());
  await service.group('b').addUser('ada');
  await service.addConnectionsToGroups(['b', 'c'], "userId eq 'ada'");
  expect(await membership()).toEqual([true, true, true]);
  await service.group('a').removeConnection(id());
  await service.group('b').removeUser('ada');
  await service.removeConnectionsFromGroups(['c'], `connectionId eq '${id()}'`);
  expect(await membership()).toEqual([false, false, false]);
  await service.addConnectionsToGroups(['a', 'b'], 'true');
  await service.removeConnectionFromAllGroups(id());
  await service.group('c').addUser('ada');
  await service.removeUserFromAllGroups('ada');
  expect(await membership()).toEqual([false, false, false]);
});

test('what names nobody succeeds where that is harmless and is 404 where something was to be added', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  await service.sendToConnection('nobody', { n: 1 });
  await service.group('g').removeConnection('nobody');
  await service.group('g').removeUser('nobody');
  await service.removeConnectionFromAllGroups('nobody');
  await service.closeConnection('nobody');
  await expect(service.group('g').addConnection('nobody')).rejects.toMatchObject({ statusCode: 404 });
  await expect(service.group('g').addUser('nobody')).rejects.toMatchObject({ statusCode: 404 });
  await expect(service.grantPermission('nobody', 'sendToGroup')).rejects.toMatchObject({ statusCode: 404 });
});

test('the members of a group are listed in pages', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const clients = await Promise.all(
    ['u0', 'u1', 'u2', 'u3', 'u4'].map((userId) => sdkClient(server, { userId, groups: ['g'] })),
  );
  const list = async (options: { maxPageSize?: number; top?: number }): Promise<Set<string | undefined>> => {
    const users: (string | undefined)[] = [];
    for await (const { userId } of await service.group('g').listConnections(options)) users.push(userId);
    expect(new Set(users).size).toBe(users.length);
    return new Set(users);
  };
  const everybody = new Set(['u0', 'u1', 'u2', 'u3', 'u4']);
  expect(clients).toHaveLength(5);
  expect(await list({})).toEqual(everybody);
  expect(await list({ maxPageSize: 2 })).toEqual(everybody);
  expect((await list({ maxPageSize: 2, top: 3 })).size).toBe(3);
  expect((await call(server, 'GET', `/api/hubs/${HUB}/groups/g/connections?maxpagesize=0`)).status).toBe(400);
});

test('permissions are granted, checked and revoked', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const { client, id } = await sdkClient(server);
  const targetName = 'room';
  expect(await service.hasPermission(id(), 'joinLeaveGroup', { targetName })).toBe(false);
  await service.grantPermission(id(), 'joinLeaveGroup', { targetName });
  expect(await service.hasPermission(id(), 'joinLeaveGroup', { targetName })).toBe(true);
  expect(await service.hasPermission(id(), 'joinLeaveGroup')).toBe(false);
  await client.joinGroup('room');
  await service.revokePermission(id(), 'joinLeaveGroup', { targetName });
  await expect(client.leaveGroup('room')).rejects.toThrow('Failed to send message');
});

test('a closed client is told why and starts afresh, an excluded one stays', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const ada = await sdkClient(server, { userId: 'ada', groups: ['g'] });
  const bob = await sdkClient(server, { userId: 'bob', groups: ['g'] });
  const first = ada.id();
  await service.closeConnection(first, { reason: `kicked: ${'ä'.repeat(100)}` });
  await service.closeUserConnections('ada', { reason: 'again' });
  const [before, after] = await ada.connections.reach(2);
  expect(before).toBe(first);
  expect(after).not.toBe(first);
  expect((await ada.disconnections.reach(1))[0]).toMatch(/^kicked: ä+$/);
  const path = `/api/hubs/${HUB}/groups/g/:closeConnections?${VERSION}&excluded=${bob.id()}`;
  expect((await call(server, 'POST', path)).status).toBe(204);
  expect(bob.connections.all).toHaveLength(1);
  expect(await service.connectionExists(bob.id())).toBe(true);
  await service.closeAllConnections();
  await bob.connections.reach(2);
});

test('a generated token connects a client', async () => {
  const server = await localServer();
  const query = 'userId=ada&group=g&role=webpubsub.sendToGroup&minutesToExpire=5';
  const answer = await call(server, 'POST', `/api/hubs/${HUB}/:generateToken?${VERSION}&${query}`);
  expect(answer.status).toBe(200);
  const { token } = (await answer.json()) as { token: string };
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/client/hubs/${HUB}?access_token=${token}`, [
    'json.webpubsub.azure.v1',
  ]);
  await new Promise((resolve, reject) => {
    socket.addEventListener('message', resolve);
    socket.addEventListener('error', reject);
  });
  expect(await serviceOf(server).userExists('ada')).toBe(true);
  socket.close();
});

test('a call needs a token that is signed by the key, not expired, and for its URL', async () => {
  const server = await localServer();
  const path = `/api/hubs/${HUB}/groups/g?${VERSION}`;
  const url = `${server.endpoint}${path}`;
  const tokens = {
    none: '',
    malformed: 'x.y.z',
    'for another URL': await tokenFor(`${server.endpoint}/api/hubs/${HUB}/groups/h?${VERSION}`),
    'for another host': await tokenFor(url.replace('127.0.0.1', 'example.com')),
    expired: await tokenFor(url, '-1s'),
    'of another key': await tokenFor(url, '1m', 'another-key-of-the-same-kind-and-length-more-or-less'),
    unsigned: `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ aud: url, exp: 4e9 }))}.`.replaceAll(
      '=',
      '',
    ),
  };
  for (const [kind, token] of Object.entries(tokens))
    expect([kind, (await call(server, 'HEAD', path, { token })).status]).toEqual([kind, 401]);
  const withoutQuery = await tokenFor(`${server.endpoint}/api/hubs/${HUB}/groups/g`);
  expect((await call(server, 'HEAD', path, { token: withoutQuery })).status).toBe(404);
  await expect(serviceOf(server, HUB, 'wrong').sendToAll({})).rejects.toMatchObject({
    statusCode: 401,
    code: 'Unauthorized',
  });
});

test('a send that cannot be meant is refused and reaches nobody', async () => {
  const server = await localServer();
  const { messages } = await sdkClient(server);
  const send = `/api/hubs/${HUB}/:send?${VERSION}`;
  const json = { 'content-type': 'application/json' };
  const cases: [number, string, string | Buffer, Record<string, string>][] = [
    [400, send, '{"a":', json],
    [400, send, '', json],
    [400, send, Buffer.from([0x22, 0xff, 0x22]), json],
    [400, send, Buffer.from([0xff]), { 'content-type': 'text/plain' }],
    [400, `${send}&messageTtlSeconds=301`, '{}', json],
    [400, `${send}&messageTtlSeconds=-1`, '{}', json],
    [400, `${send}&filter=${encodeURIComponent("startswith(userId, 'a')")}`, '{}', json],
    [400, `/api/hubs/1${HUB}/:send?${VERSION}`, '{}', json],
    [400, `/api/hubs/${HUB}/groups/%20/:send?${VERSION}`, '{}', json],
    [400, `/api/hubs/${HUB}/groups/%ff/:send?${VERSION}`, '{}', json],
    [415, send, '<a/>', { 'content-type': 'application/xml' }],
    [413, send, `"${'x'.repeat(1024 * 1024)}"`, json],
    [404, `/api/hubs/${HUB}/nothing`, '{}', json],
  ];
  for (const [status, path, body, headers] of cases) {
    const answer = await call(server, 'POST', path, { body, headers });
    expect([path, answer.status]).toEqual([path, status]);
    expect(await answer.json()).toEqual({ code: expect.any(String), message: expect.any(String) });
  }
  await serviceOf(server).sendToAll({ n: 1 });
  expect(await messages.reach(1)).toMatchObject([{ data: { n: 1 } }]);
});

test('a filter that is not understood says what is', async () => {
  const server = await localServer();
  const send = serviceOf(server).sendToAll({}, { filter: 'length(userId) gt 3' });
  await expect(send).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('userId') });
});

test('group changes by filter are refused without groups or with a bad filter', async () => {
  const server = await localServer();
  const path = `/api/hubs/${HUB}/:addToGroups?${VERSION}`;
  const headers = { 'content-type': 'application/json' };
  for (const body of [
    '[]',
    '{',
    '{"groups":[],"filter":"true"}',
    '{"groups":["g"]}',
    '{"groups":["g"],"filter":"("}',
  ])
    expect([body, (await call(server, 'POST', path, { body, headers })).status]).toEqual([body, 400]);
});

test('health is open; a wrong method and OPTIONS are answered with what is allowed', async () => {
  const server = await localServer();
  const path = `/api/hubs/${HUB}/connections/c`;
  expect((await fetch(`${server.endpoint}/api/health`, { method: 'HEAD' })).status).toBe(200);
  const wrong = await fetch(`${server.endpoint}${path}`, { method: 'PATCH' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'DELETE, HEAD']);
  expect((await fetch(`${server.endpoint}${path}`, { method: 'OPTIONS' })).status).toBe(204);
});

test('a body that is cut off half way does no harm', async () => {
  const server = await localServer();
  const path = `/api/hubs/${HUB}/:send?${VERSION}`;
  const token = await tokenFor(`${server.endpoint}${path}`);
  await new Promise<void>((resolve) => {
    const half = request(`${server.endpoint}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-length': 100 },
    });
    half.on('error', () => resolve());
    half.write('{"a"', () => half.destroy(new Error('cut')));
  });
  expect(await serviceOf(server).userExists('nobody')).toBe(false);
});
