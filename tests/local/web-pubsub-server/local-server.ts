import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { WebPubSubServiceClient, type GenerateClientTokenOptions } from '@azure/web-pubsub';
import {
  WebPubSubClient,
  WebPubSubJsonProtocol,
  WebPubSubJsonReliableProtocol,
  type OnGroupDataMessageArgs,
  type OnServerDataMessageArgs,
} from '@azure/web-pubsub-client';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Log } from '../../../src/ports/log.ts';
import {
  startWebPubSubServer,
  type WebPubSubServer,
  type WebPubSubServerOptions,
} from '../../../src/local/web-pubsub-server/start-web-pubsub-server.ts';

export const ACCESS_KEY = 'a-key-of-the-local-server-that-is-only-used-by-tests';
export const HUB = 'heliograph';
export const RELIABLE = 'json.reliable.webpubsub.azure.v1';
export const PLAIN = 'json.webpubsub.azure.v1';

/** A log that fails the test when the server reports a fault of its own. */
export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields, act) => {
    throw new Error(`${act} ${JSON.stringify(fields)}`);
  },
};

/** A server that is closed when the test is over. */
export async function localServer(options: Partial<WebPubSubServerOptions> = {}): Promise<WebPubSubServer> {
  const server = await startWebPubSubServer({ accessKey: ACCESS_KEY, log: quietLog, ...options });
  onTestFinished(() => server.close());
  return server;
}

export function serviceOf(
  server: { endpoint: string },
  hub = HUB,
  accessKey = ACCESS_KEY,
): WebPubSubServiceClient {
  const connectionString = `Endpoint=${server.endpoint};AccessKey=${accessKey};Version=1.0;`;
  return new WebPubSubServiceClient(connectionString, hub, {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
}

/** What a client was told, in order, and a way to wait for more. */
export interface Inbox<T> {
  readonly all: T[];
  /** Resolves when there are `count` of them. */
  reach(count: number): Promise<T[]>;
}

export function inbox<T>(): Inbox<T> & { push(item: T): void } {
  const all: T[] = [];
  let waiting: (() => void)[] = [];
  return {
    all,
    push(item) {
      all.push(item);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    async reach(count) {
      while (all.length < count)
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      return all;
    },
  };
}

export interface SdkClient {
  client: WebPubSubClient;
  connections: Inbox<string>;
  messages: Inbox<OnGroupDataMessageArgs['message'] | OnServerDataMessageArgs['message']>;
  disconnections: Inbox<string>;
  /** Of its present connection. */
  id: () => string;
}

/** The real client SDK, connected, and stopped when the test is over. */
export async function sdkClient(
  server: { endpoint: string },
  grant: GenerateClientTokenOptions = {},
  protocol: 'plain' | 'reliable' = 'reliable',
): Promise<SdkClient> {
  const service = serviceOf(server);
  const client = new WebPubSubClient(
    { getClientAccessUrl: async () => (await service.getClientAccessToken(grant)).url },
    {
      protocol: protocol === 'plain' ? WebPubSubJsonProtocol() : WebPubSubJsonReliableProtocol(),
      messageRetryOptions: { maxRetries: 0 },
      reconnectRetryOptions: { retryDelayInMs: 50 },
    },
  );
  const connections = inbox<string>();
  const disconnections = inbox<string>();
  const messages = inbox<SdkClient['messages']['all'][number]>();
  client.on('connected', ({ connectionId }) => connections.push(connectionId));
  client.on('disconnected', ({ message }) => disconnections.push(message?.message ?? ''));
  client.on('group-message', ({ message }) => messages.push(message));
  client.on('server-message', ({ message }) => messages.push(message));
  onTestFinished(() => client.stop());
  await client.start();
  await connections.reach(1);
  return { client, connections, messages, disconnections, id: () => connections.all.at(-1) ?? '' };
}

export interface RawClient {
  socket: WebSocket;
  frames: Inbox<Record<string, unknown>>;
  closed: Promise<{ code: number; reason: string }>;
  send(frame: unknown): void;
}

/** A bare websocket, for what the SDK would never send. */
export function rawClient(url: string, subprotocol: string | null = RELIABLE): RawClient {
  const socket = new WebSocket(url, subprotocol === null ? [] : [subprotocol]);
  const frames = inbox<Record<string, unknown>>();
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Record<string, unknown>);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());
  return { socket, frames, closed, send: (frame) => socket.send(JSON.stringify(frame)) };
}

export function recoveryUrl(url: string, connected: Record<string, unknown> | undefined): string {
  const recovery = new URL(url);
  recovery.searchParams.set('awps_connection_id', String(connected?.['connectionId']));
  recovery.searchParams.set('awps_reconnection_token', String(connected?.['reconnectionToken']));
  return recovery.href;
}

export interface Network {
  endpoint: string;
  /** From now on swallows what the server sends. */
  stall(): void;
  cut(): void;
  mend(): void;
}

/** A network between a client and the server that can fail and be mended. */
export async function networkTo(server: WebPubSubServer): Promise<Network> {
  const near = new Set<Socket>();
  const far = new Set<Socket>();
  let isCut = false;
  const proxy = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(server.port, '127.0.0.1');
    join(client, upstream, near);
    join(upstream, client, far);
  });
  const cut = (): void => {
    isCut = true;
    for (const socket of [...near, ...far]) socket.destroy();
  };
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    cut();
    proxy.close();
  });
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    stall() {
      for (const socket of far) socket.unpipe();
    },
    cut,
    mend() {
      isCut = false;
    },
  };
}

function join(from: Socket, to: Socket, side: Set<Socket>): void {
  side.add(from);
  from.pipe(to);
  from.on('error', () => undefined);
  from.on('close', () => {
    side.delete(from);
    to.destroy();
  });
}
