import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { keepAlive } from '../../../src/local/web-pubsub-server/keep-alive.ts';
import { inbox } from './local-server.ts';

test('a socket that does not answer pings is cut, one that does stays', async () => {
  const websockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(websockets, 'listening');
  const stop = keepAlive(websockets, 50);
  onTestFinished(() => {
    stop();
    for (const websocket of websockets.clients) websocket.terminate();
    websockets.close();
  });
  const url = `ws://127.0.0.1:${(websockets.address() as AddressInfo).port}`;
  const alive = new WebSocket(url);
  const pings = inbox<Buffer>();
  alive.on('ping', (data) => pings.push(data));
  const dead = new WebSocket(url, { autoPong: false });
  const [code] = (await once(dead, 'close')) as [number];
  expect(code).toBe(1006);
  await pings.reach(pings.all.length + 2);
  expect(alive.readyState).toBe(WebSocket.OPEN);
});
