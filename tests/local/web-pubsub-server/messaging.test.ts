import { odata } from '@azure/web-pubsub';
import { SendMessageError } from '@azure/web-pubsub-client';
import { describe, expect, test } from 'vitest';
import { localServer, sdkClient, serviceOf } from './local-server.ts';

describe.each(['plain', 'reliable'] as const)('messages on the %s subprotocol', (protocol) => {
  test('reach a client from REST by hub, group, user and connection, whatever their type', async () => {
    const server = await localServer();
    const service = serviceOf(server);
    const { messages, id } = await sdkClient(server, { userId: 'ada', groups: ['team/β 1'] }, protocol);
    await service.sendToAll({ to: 'all' });
    await service.group('team/β 1').sendToAll({ to: 'group', deep: [{ ü: '\u2028' }] });
    await service.sendToUser('ada', 'plain words', { contentType: 'text/plain' });
    await service.sendToConnection(id(), new Uint8Array([0, 255, 10]).buffer);
    const [all, group, user, connection] = await messages.reach(4);
    expect(all).toMatchObject({ kind: 'serverData', dataType: 'json', data: { to: 'all' } });
    expect(group).toMatchObject({ kind: 'groupData', group: 'team/β 1', data: { deep: [{ ü: '\u2028' }] } });
    expect(group).not.toHaveProperty('fromUserId');
    expect(user).toMatchObject({ dataType: 'text', data: 'plain words' });
    expect(connection?.dataType).toBe('binary');
    expect([...new Uint8Array(connection?.data as ArrayBuffer)]).toEqual([0, 255, 10]);
  });

  test('go from client to client through a group, with acks', async () => {
    const server = await localServer();
    const roles = ['webpubsub.joinLeaveGroup.room', 'webpubsub.sendToGroup.room'];
    const ada = await sdkClient(server, { userId: 'ada', roles }, protocol);
    const bob = await sdkClient(server, { userId: 'bob', roles }, protocol);
    await Promise.all([ada.client.joinGroup('room'), bob.client.joinGroup('room')]);
    await ada.client.sendToGroup('room', { n: 1 }, 'json', { noEcho: true });
    await ada.client.sendToGroup('room', 'two', 'text');
    await ada.client.sendToGroup('room', new Uint8Array([3]).buffer, 'binary');
    await bob.messages.reach(3);
    await ada.messages.reach(2);
    expect(bob.messages.all.map(({ dataType }) => dataType)).toEqual(['json', 'text', 'binary']);
    expect(bob.messages.all[0]).toMatchObject({ fromUserId: 'ada', data: { n: 1 } });
    expect(ada.messages.all.map(({ dataType }) => dataType)).toEqual(['text', 'binary']);
  });

  test('stop when a client leaves the group', async () => {
    const server = await localServer();
    const service = serviceOf(server);
    const roles = ['webpubsub.joinLeaveGroup'];
    const { client, messages } = await sdkClient(server, { roles, groups: ['room'] }, protocol);
    await client.leaveGroup('room');
    await service.group('room').sendToAll({ n: 1 });
    await service.sendToAll({ n: 2 });
    expect(await messages.reach(1)).toMatchObject([{ data: { n: 2 } }]);
  });
});

test('a client without roles can neither join, leave nor send, and keeps the groups of its token', async () => {
  const server = await localServer();
  const { client, messages } = await sdkClient(server, { groups: ['mine'] });
  for (const attempt of [
    client.joinGroup('other'),
    client.leaveGroup('mine'),
    client.sendToGroup('mine', 'x', 'text'),
  ]) {
    const error: unknown = await attempt.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SendMessageError);
    expect((error as SendMessageError).errorDetail?.name).toBe('Forbidden');
  }
  await serviceOf(server).group('other').sendToAll({ n: 1 });
  await serviceOf(server).group('mine').sendToAll({ n: 2 });
  expect(await messages.reach(1)).toMatchObject([{ group: 'mine', data: { n: 2 } }]);
});

test('a role for one group is no role for another whose name begins alike', async () => {
  const server = await localServer();
  const { client } = await sdkClient(server, { roles: ['webpubsub.joinLeaveGroup.a'] });
  await client.joinGroup('a');
  await expect(client.joinGroup('a.b')).rejects.toThrow('Failed to send message');
});

test('an ackId that was carried out is a duplicate, one that was refused may be tried again', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const { client, id } = await sdkClient(server, { roles: ['webpubsub.joinLeaveGroup.a'] });
  expect(await client.joinGroup('a', { ackId: 70 })).toMatchObject({ isDuplicated: false });
  expect(await client.joinGroup('a', { ackId: 70 })).toMatchObject({ isDuplicated: true });
  await expect(client.joinGroup('b', { ackId: 71 })).rejects.toThrow('Failed to send message');
  await service.grantPermission(id(), 'joinLeaveGroup', { targetName: 'b' });
  expect(await client.joinGroup('b', { ackId: 71 })).toMatchObject({ isDuplicated: false });
});

test('an event is refused, for there are no handlers here', async () => {
  const server = await localServer();
  const { client } = await sdkClient(server);
  await expect(client.sendEvent('greet', 'hello', 'text')).rejects.toThrow('Failed to send message');
});

test('a send passes over the excluded and those the filter does not match', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const ada = await sdkClient(server, { userId: 'ada', groups: ['a'] });
  const bob = await sdkClient(server, { userId: 'bob', groups: ['a', 'b'] });
  await service.sendToAll({ n: 1 }, { excludedConnections: [ada.id()] });
  await service.group('a').sendToAll({ n: 2 }, { filter: odata`userId eq ${'ada'} and not('b' in groups)` });
  await service.sendToUser('bob', { n: 3 }, { filter: "'b' in groups" });
  await service.sendToAll({ n: 4 });
  await Promise.all([ada.messages.reach(2), bob.messages.reach(3)]);
  expect(ada.messages.all).toMatchObject([{ data: { n: 2 } }, { data: { n: 4 } }]);
  expect(bob.messages.all).toMatchObject([{ data: { n: 1 } }, { data: { n: 3 } }, { data: { n: 4 } }]);
});

test('hubs do not hear each other, and their names have no case', async () => {
  const server = await localServer();
  const { messages } = await sdkClient(server);
  await serviceOf(server, 'other').sendToAll({ n: 1 });
  await serviceOf(server, 'HelioGraph').sendToAll({ n: 2 });
  expect(await messages.reach(1)).toMatchObject([{ data: { n: 2 } }]);
});
