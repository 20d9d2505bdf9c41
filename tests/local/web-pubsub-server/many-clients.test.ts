import { expect, test } from 'vitest';
import { localServer, sdkClient, serviceOf } from './local-server.ts';

test('two hundred clients all get what their group is sent, in order', async () => {
  const server = await localServer();
  const service = serviceOf(server);
  const clients = await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      sdkClient(server, { userId: `u${n}`, groups: ['g'] }, n % 2 === 0 ? 'plain' : 'reliable'),
    ),
  );
  expect(server.stats()).toMatchObject({ connected: 200, recovering: 0, groups: 1 });
  for (let n = 0; n < 20; n++) await service.group('g').sendToAll({ n });
  await Promise.all(clients.map(({ messages }) => messages.reach(20)));
  const expected = [...Array(20).keys()];
  for (const { messages } of clients)
    expect(messages.all.map(({ data }) => (data as { n: number }).n)).toEqual(expected);
});
