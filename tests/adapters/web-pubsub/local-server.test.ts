import { WebPubSubClient } from '@azure/web-pubsub-client';
import { expect, onTestFinished, test } from 'vitest';
import { webPubSubChannel } from '../../../src/adapters/web-pubsub/web-pubsub-channel.ts';
import { startWebPubSubServer } from '../../../src/local/web-pubsub-server/start-web-pubsub-server.ts';
import type { RealtimeChannel } from '../../../src/ports/realtime-channel.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function localChannel(): Promise<RealtimeChannel> {
  const server = await startWebPubSubServer({ accessKey: 'a-key-that-is-only-used-by-tests', log });
  onTestFinished(() => server.close());
  return webPubSubChannel({ connectionString: server.connectionString }, 'heliograph');
}

async function connected(url: string): Promise<WebPubSubClient> {
  const client = new WebPubSubClient(url, { messageRetryOptions: { maxRetries: 0 } });
  onTestFinished(() => client.stop());
  const open = new Promise((resolve) => {
    client.on('connected', resolve);
  });
  await client.start();
  await open;
  return client;
}

test('a negotiated client gets what its group is sent, as it was written', async () => {
  const channel = await localChannel();
  await channel.ping();
  const client = await connected(await channel.clientUrl({ groups: ['tenant.a'], ttlMinutes: 1 }));
  const received = new Promise((resolve) => {
    client.on('group-message', ({ message }) => resolve(message));
  });
  expect(await channel.sendToGroup('tenant.b', '{"events":[0]}')).toEqual({ status: 'delivered' });
  expect(await channel.sendToGroup('tenant.a', '{"events":[{"id":"ü"}]}')).toEqual({ status: 'delivered' });
  expect(await received).toMatchObject({
    group: 'tenant.a',
    dataType: 'json',
    data: { events: [{ id: 'ü' }] },
  });
});

test('a negotiated client can neither join, leave nor send, to its own groups or to others', async () => {
  const channel = await localChannel();
  const client = await connected(
    await channel.clientUrl({ groups: ['tenant.a'], userId: 'ada', ttlMinutes: 1 }),
  );
  for (const attempt of [
    client.joinGroup('tenant.b'),
    client.leaveGroup('tenant.a'),
    client.sendToGroup('tenant.a', {}, 'json'),
    client.sendToGroup('tenant.b', {}, 'json'),
  ])
    await expect(attempt).rejects.toMatchObject({ errorDetail: { name: 'Forbidden' } });
});

test('what the server refuses is refused, and what is too large for it too', async () => {
  const channel = await localChannel();
  expect(await channel.sendToGroup('g', 'no JSON')).toMatchObject({ status: 'refused', code: 'http_400' });
  const large = JSON.stringify('x'.repeat(2_000_000));
  expect(await channel.sendToGroup('g', large)).toMatchObject({ status: 'refused', code: 'http_413' });
});

test('a wrong key is a failure of the destination', async () => {
  const server = await startWebPubSubServer({ accessKey: 'a-key-that-is-only-used-by-tests', log });
  onTestFinished(() => server.close());
  const channel = webPubSubChannel({ connectionString: `Endpoint=${server.endpoint};AccessKey=wrong` }, 'h');
  expect(await channel.sendToGroup('g', '{}')).toMatchObject({ status: 'failed', code: 'http_401' });
  await expect(channel.ping()).rejects.toMatchObject({ code: 'realtime_unavailable', status: 503 });
});
