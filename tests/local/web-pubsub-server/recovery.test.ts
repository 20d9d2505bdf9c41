import { once } from 'node:events';
import { expect, test } from 'vitest';
import {
  ACCESS_KEY,
  HUB,
  localServer,
  networkTo,
  PLAIN,
  quietLog,
  rawClient,
  recoveryUrl,
  sdkClient,
  serviceOf,
  type RawClient,
} from './local-server.ts';
import { startWebPubSubServer } from '../../../src/local/web-pubsub-server/start-web-pubsub-server.ts';
import type { WebPubSubServer } from '../../../src/local/web-pubsub-server/start-web-pubsub-server.ts';

async function tokenUrl(server: { endpoint: string }, groups: string[] = []): Promise<string> {
  return (await serviceOf(server).getClientAccessToken({ groups, userId: 'ada' })).url;
}

async function loseSocket(server: WebPubSubServer, client: RawClient): Promise<void> {
  client.socket.terminate();
  await expect.poll(() => server.stats()).toMatchObject({ connected: 0, recovering: 1 });
}

const sequenceIds = (frames: Record<string, unknown>[]): unknown[] =>
  frames.filter((frame) => frame['type'] === 'message').map((frame) => frame['sequenceId']);

test('the SDK gets what it missed while the network was away, once and in order', async () => {
  const server = await localServer();
  const network = await networkTo(server);
  const service = serviceOf(server);
  const { connections, messages } = await sdkClient(network, { groups: ['g'] });
  await service.sendToAll({ n: 0 });
  await messages.reach(1);
  network.cut();
  await expect.poll(() => server.stats()).toMatchObject({ connected: 0, recovering: 1, groups: 1 });
  await service.sendToAll({ n: 1 });
  await service.group('g').sendToAll({ n: 2 });
  await service.sendToAll({ n: 3 });
  network.mend();
  await messages.reach(4);
  await service.sendToAll({ n: 4 });
  await messages.reach(5);
  expect(messages.all).toMatchObject([0, 1, 2, 3, 4].map((n) => ({ data: { n } })));
  expect(connections.all).toHaveLength(1);
});

test('a network that fails again and again under load loses and doubles nothing', async () => {
  const server = await localServer();
  const network = await networkTo(server);
  const service = serviceOf(server);
  const { connections, messages } = await sdkClient(network, { groups: ['g'] });
  for (let n = 0; n < 200; n++) {
    if (n % 25 === 20) network.stall();
    await service.group('g').sendToAll({ n });
    if (n % 25 === 24) network.cut();
    network.mend();
  }
  await messages.reach(200);
  expect(messages.all.map(({ data }) => (data as { n: number }).n)).toEqual([...Array(200).keys()]);
  expect(connections.all).toHaveLength(1);
});

test('a recovery is the same connection with its groups, and its acks are not forgotten', async () => {
  const server = await localServer();
  const url = await tokenUrl(server, ['g']);
  const before = rawClient(url);
  const [connected] = await before.frames.reach(1);
  await serviceOf(server).group('g').sendToAll('kept');
  await before.frames.reach(2);
  await loseSocket(server, before);
  const after = rawClient(recoveryUrl(url, connected));
  expect(await after.frames.reach(2)).toEqual([
    connected,
    expect.objectContaining({ sequenceId: 1, data: 'kept' }),
  ]);
  after.send({ type: 'sequenceAck', sequenceId: 1 });
  await serviceOf(server).group('g').sendToAll('later');
  await after.frames.reach(3);
  await loseSocket(server, after);
  const last = rawClient(recoveryUrl(url, connected));
  expect(sequenceIds(await last.frames.reach(2))).toEqual([2]);
});

test('a recovery needs no valid access token, only the reconnection token', async () => {
  const server = await localServer();
  const url = await tokenUrl(server);
  const client = rawClient(url);
  const [connected] = await client.frames.reach(1);
  await loseSocket(server, client);
  const expired = recoveryUrl(
    `ws://127.0.0.1:${server.port}/client/hubs/${HUB}?access_token=expired`,
    connected,
  );
  expect(await rawClient(expired).frames.reach(1)).toEqual([connected]);
});

test('a new socket takes over from one that is not yet known to be dead', async () => {
  const server = await localServer();
  const url = await tokenUrl(server);
  const dead = rawClient(url);
  const [connected] = await dead.frames.reach(1);
  const alive = rawClient(recoveryUrl(url, connected));
  await alive.frames.reach(1);
  await dead.closed;
  await serviceOf(server).sendToAll('hello');
  expect(sequenceIds(await alive.frames.reach(2))).toEqual([1]);
  expect(server.stats()).toMatchObject({ connected: 1, recovering: 0 });
});

test('a recovery that is impossible is accepted and closed with 1008', async () => {
  const server = await localServer();
  const url = await tokenUrl(server);
  const client = rawClient(url);
  const [connected = {}] = await client.frames.reach(1);
  const impossible = [
    recoveryUrl(url, { ...connected, reconnectionToken: 'x'.repeat(43) }),
    recoveryUrl(url, { ...connected, reconnectionToken: '' }),
    recoveryUrl(url, { ...connected, connectionId: 'unknown' }),
    recoveryUrl(url.replace(HUB, 'other'), connected),
  ];
  for (const each of impossible) expect(await rawClient(each).closed).toMatchObject({ code: 1008 });
  const plain = rawClient(recoveryUrl(url, connected), PLAIN);
  expect(await plain.closed).toMatchObject({ code: 1008 });
  expect(server.stats()).toMatchObject({ connected: 1 });
});

test('a connection is given up when the window is over, or at once when its client says goodbye', async () => {
  const server = await localServer({ recoveryWindowMs: 20 });
  const url = await tokenUrl(server, ['g']);
  const lost = rawClient(url);
  const [connected] = await lost.frames.reach(1);
  lost.socket.terminate();
  await expect.poll(() => server.stats()).toMatchObject({ connected: 0, recovering: 0, groups: 0 });
  expect(await rawClient(recoveryUrl(url, connected)).closed).toMatchObject({ code: 1008 });

  const patient = await localServer();
  const polite = rawClient(await tokenUrl(patient));
  await polite.frames.reach(1);
  polite.socket.close(1000);
  await polite.closed;
  await expect.poll(() => patient.stats()).toMatchObject({ connected: 0, recovering: 0 });
});

test('after a restart the SDK starts afresh, and what was sent in between is lost', async () => {
  const first = await startWebPubSubServer({ accessKey: ACCESS_KEY, log: quietLog });
  const { connections, disconnections, messages } = await sdkClient(first, { groups: ['g'] });
  await first.close();
  const second = await localServer({ port: first.port });
  const service = serviceOf(second);
  await service.group('g').sendToAll({ n: 1 });
  const [before, after] = await connections.reach(2);
  expect(after).not.toBe(before);
  expect(disconnections.all).toHaveLength(1);
  await service.group('g').sendToAll({ n: 2 });
  expect(await messages.reach(1)).toMatchObject([{ data: { n: 2 } }]);
});

test('the plain subprotocol loses what is sent while its socket is away', async () => {
  const server = await localServer();
  const network = await networkTo(server);
  const service = serviceOf(server);
  const { connections, messages } = await sdkClient(network, { groups: ['g'] }, 'plain');
  network.cut();
  await expect.poll(() => server.stats()).toMatchObject({ connected: 0, recovering: 0, groups: 0 });
  await service.group('g').sendToAll({ n: 1 });
  network.mend();
  await connections.reach(2);
  await service.group('g').sendToAll({ n: 2 });
  expect(await messages.reach(1)).toMatchObject([{ data: { n: 2 } }]);
});

test('a client that leaves 1,000 messages unacknowledged is closed for good', async () => {
  const server = await localServer();
  const url = await tokenUrl(server, ['g']);
  const client = rawClient(url);
  const [connected] = await client.frames.reach(1);
  const service = serviceOf(server);
  for (let n = 0; n <= 1000; n++) await service.group('g').sendToAll(n);
  expect(await client.closed).toMatchObject({ code: 1008 });
  expect(client.frames.all.at(-1)).toMatchObject({ type: 'system', event: 'disconnected' });
  expect(sequenceIds(client.frames.all)).toHaveLength(1000);
  expect(server.stats()).toMatchObject({ connected: 0, recovering: 0, groups: 0 });
  expect(await rawClient(recoveryUrl(url, connected)).closed).toMatchObject({ code: 1008 });
});

test('a client that is away while 16 MB are sent is given up', async () => {
  const server = await localServer();
  const url = await tokenUrl(server, ['g']);
  const client = rawClient(url);
  const [connected] = await client.frames.reach(1);
  await loseSocket(server, client);
  const service = serviceOf(server);
  for (let n = 0; n < 17; n++) await service.group('g').sendToAll('x'.repeat(1_000_000));
  expect(server.stats()).toMatchObject({ connected: 0, recovering: 0, groups: 0 });
  expect(await rawClient(recoveryUrl(url, connected)).closed).toMatchObject({ code: 1008 });
});

test('a client that stops reading is sent no further ahead than its socket takes, and gets all when it reads again', async () => {
  const server = await localServer();
  const client = rawClient(await tokenUrl(server, ['g']));
  await client.frames.reach(1);
  client.socket.pause();
  const service = serviceOf(server);
  for (let n = 0; n < 15; n++) await service.group('g').sendToAll(`${n}`.padEnd(1_000_000));
  expect(server.stats().socketBytes).toBeLessThan(4_000_000);
  client.socket.resume();
  const frames = await client.frames.reach(16);
  expect(sequenceIds(frames)).toEqual([...Array(15).keys()].map((n) => n + 1));
  expect(server.stats()).toMatchObject({ connected: 1 });
});

test('a plain client that does not read is dropped when its socket holds too much', async () => {
  const server = await localServer();
  const client = rawClient(await tokenUrl(server, ['g']), PLAIN);
  await client.frames.reach(1);
  client.socket.pause();
  const service = serviceOf(server);
  let sent = 0;
  while (server.stats().connected > 0 && sent < 60) {
    await service.group('g').sendToAll('x'.repeat(1_000_000));
    sent += 1;
  }
  expect(sent).toBeLessThan(60);
});

test('the socket of one connection can be dropped alone', async () => {
  const server = await localServer();
  const ada = rawClient(await tokenUrl(server));
  const bob = rawClient(await tokenUrl(server));
  const [connected] = await ada.frames.reach(1);
  await bob.frames.reach(1);
  expect(server.dropSockets(String(connected?.['connectionId']))).toBe(1);
  await once(ada.socket, 'close');
  expect(server.stats()).toMatchObject({ connected: 1, recovering: 1 });
});
