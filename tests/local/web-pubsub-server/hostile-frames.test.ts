import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRequest } from '../../../src/local/web-pubsub-server/json-protocol.ts';
import { localServer, PLAIN, rawClient, sdkClient, serviceOf } from './local-server.ts';

const roles = ['webpubsub.joinLeaveGroup', 'webpubsub.sendToGroup'];

test.each([
  ['no JSON', '{', 1007],
  ['nothing', '', 1007],
  ['no object', '[]', 1007],
  ['null', 'null', 1007],
  ['no type', '{}', 1007],
  ['a type that is none', '{"type":"explode"}', 1007],
  ['no group', '{"type":"joinGroup","ackId":1}', 1007],
  ['a blank group', '{"type":"joinGroup","group":" "}', 1007],
  ['a group that is too long', JSON.stringify({ type: 'joinGroup', group: 'g'.repeat(1025) }), 1007],
  ['a bad ackId', '{"type":"joinGroup","group":"g","ackId":-1}', 1007],
  ['a huge ackId', '{"type":"joinGroup","group":"g","ackId":1e300}', 1007],
  ['no data', '{"type":"sendToGroup","group":"g"}', 1007],
  ['text that is none', '{"type":"sendToGroup","group":"g","dataType":"text","data":{}}', 1007],
  ['binary that is no base64', '{"type":"sendToGroup","group":"g","dataType":"binary","data":"%"}', 1007],
  ['a bad time to live', '{"type":"sendToGroup","group":"g","data":1,"ttlSeconds":301}', 1007],
  ['a sequenceAck without a number', '{"type":"sequenceAck","sequenceId":"1"}', 1007],
  ['a binary frame', Buffer.from('{"type":"ping"}'), 1003],
  ['more than a megabyte', `"${'x'.repeat(1024 * 1024)}"`, 1009],
])('%s closes the connection for good and nobody else’s', async (_what, frame, code) => {
  const server = await localServer();
  const neighbour = await sdkClient(server);
  const { url } = await serviceOf(server).getClientAccessToken({ roles });
  const client = rawClient(url);
  await client.frames.reach(1);
  client.socket.send(frame);
  expect(await client.closed).toMatchObject({ code });
  await serviceOf(server).sendToAll({ n: 1 });
  expect(await neighbour.messages.reach(1)).toMatchObject([{ data: { n: 1 } }]);
});

test('text that is not UTF-8 closes the connection', async () => {
  const server = await localServer();
  const client = rawClient((await serviceOf(server).getClientAccessToken()).url, PLAIN);
  await client.frames.reach(1);
  client.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
  expect(await client.closed).toMatchObject({ code: 1007 });
});

test('data as deep as a megabyte allows is passed on or refused, and the server lives', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const client = rawClient((await service.getClientAccessToken({ roles })).url);
  await client.frames.reach(1);
  const depth = 500_000;
  client.socket.send(`{"type":"sendToGroup","group":"g","data":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  client.socket.send('{"type":"ping"}');
  await Promise.race([client.frames.reach(2), client.closed]);
  expect(await service.userExists('nobody')).toBe(false);
});

test('members named like those of Object are data like any other', async () => {
  const server = await localServer();
  const client = rawClient(
    (await serviceOf(server).getClientAccessToken({ roles, groups: ['__proto__'] })).url,
  );
  await client.frames.reach(1);
  const data = '{"__proto__":{"admin":true},"constructor":1}';
  client.socket.send(`{"type":"sendToGroup","group":"__proto__","__proto__":{"noEcho":true},"data":${data}}`);
  const [, message] = await client.frames.reach(2);
  expect(JSON.stringify(message?.['data'])).toBe(data);
});

test('a flood of pings is answered ping by ping', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const client = rawClient((await service.getClientAccessToken()).url);
  await client.frames.reach(1);
  for (let n = 0; n < 5000; n++) client.send({ type: 'ping' });
  await client.frames.reach(5001);
  expect(client.frames.all.at(-1)).toEqual({ type: 'pong' });
});

test('no text makes the parser throw, and a request it finds is complete', () => {
  const frame = fc.record(
    {
      type: fc.constantFrom('joinGroup', 'leaveGroup', 'sendToGroup', 'event', 'sequenceAck', 'ping', 'x', 1),
      group: fc.oneof(fc.string(), fc.jsonValue()),
      ackId: fc.oneof(fc.nat(), fc.jsonValue()),
      sequenceId: fc.oneof(fc.nat(), fc.jsonValue()),
      dataType: fc.constantFrom('json', 'text', 'binary', 'protobuf', null),
      data: fc.jsonValue(),
      noEcho: fc.jsonValue(),
      ttlSeconds: fc.jsonValue(),
    },
    { requiredKeys: ['type'] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        frame.map((each) => JSON.stringify(each)),
      ),
      (text) => {
        const request = parseRequest(text);
        // Whatever of a request goes into frames for others has to be JSON again.
        const passedOn = request?.type === 'sendToGroup' ? request.payload.json : 'null';
        expect(() => JSON.parse(passedOn) as unknown).not.toThrow();
      },
    ),
  );
});
