import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What Web PubSub was asked to send, as far as the hub needs an answer: no browser can connect to it. */
export interface SmallWebPubSub {
  connectionString: string;
  /** The sequences of each group in the order they were sent, repeats included. */
  sent: Map<string, number[]>;
  /** From now on sends are taken and never answered. @returns what ends that: those that hang are cut */
  hang(): () => void;
  /** Sends that hang now. */
  hanging(): number;
  close(): Promise<void>;
}

const ACCESS_KEY = Buffer.alloc(32, 3).toString('base64');

export async function smallWebPubSub(): Promise<SmallWebPubSub> {
  const sent = new Map<string, number[]>();
  const hung = new Set<() => void>();
  let isHanging = false;

  const server = createServer((request, response) => {
    const group = /\/groups\/([^/]+)\/:send/.exec(request.url ?? '')?.[1];
    if (group === undefined) response.writeHead(404).end();
    else if (isHanging) {
      const cut = (): void => void request.socket.destroy();
      hung.add(cut);
      request.once('close', () => hung.delete(cut));
    } else void take(decodeURIComponent(group), request, response);
  });
  const take = async (group: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request).catch(() => null);
    if (body === null) return; // The hub was killed while it sent.
    const { events } = JSON.parse(body) as { events: { sequence: string }[] };
    const of = sent.get(group) ?? [];
    sent.set(group, of);
    of.push(...events.map(({ sequence }) => Number(sequence)));
    response.writeHead(202).end();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    connectionString: `Endpoint=http://127.0.0.1;Port=${port};AccessKey=${ACCESS_KEY};Version=1.0;`,
    sent,
    hang: () => {
      isHanging = true;
      return () => {
        isHanging = false;
        for (const cut of hung) cut();
      };
    },
    hanging: () => hung.size,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
