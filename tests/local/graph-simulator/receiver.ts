import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { NotificationItem } from '../../../src/core/notification.ts';

/** One post as it came. */
interface ReceivedPost {
  path: string;
  contentType: string | undefined;
  items: NotificationItem[];
}

export interface Receiver {
  url: string;
  /** Validation requests: the query as it came, undecoded, and the decoded token. */
  handshakes: { query: string; contentType: string | undefined; token: string }[];
  /** Every post, whatever was answered. */
  posts: ReceivedPost[];
  /** All items of posts that were answered with 202. */
  accepted(): NotificationItem[];
}

export interface ReceiverManners {
  /** How it answers a validation request; null leaves it hanging. Left out: as Graph asks. */
  handshake?: (token: string) => { status?: number; contentType?: string; body?: string } | null;
  /** The status for the nth post, from 0; null leaves it hanging. Left out: 202. */
  answer?: (nth: number, post: ReceivedPost) => number | null;
}

/** A small server that receives notifications, closed with the test. */
export async function openReceiver(manners: ReceiverManners = {}): Promise<Receiver> {
  const accepted: NotificationItem[] = [];
  const handshakes: Receiver['handshakes'] = [];
  const posts: ReceivedPost[] = [];

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const contentType = request.headers['content-type'];
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const token = new URLSearchParams(query).get('validationToken');
    if (token !== null) {
      handshakes.push({ query, contentType, token });
      const answer = manners.handshake === undefined ? {} : manners.handshake(token);
      if (answer === null) return;
      response.writeHead(answer.status ?? 200, { 'content-type': answer.contentType ?? 'text/plain' });
      response.end(answer.body ?? token);
      return;
    }
    const { value } = JSON.parse(Buffer.concat(chunks).toString()) as { value: NotificationItem[] };
    const post = { path, contentType, items: value };
    posts.push(post);
    const status = manners.answer === undefined ? 202 : manners.answer(posts.length - 1, post);
    if (status === null) return;
    if (status === 202) accepted.push(...value);
    response.writeHead(status).end();
  }

  const server = createServer((request, response) => {
    receive(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, handshakes, posts, accepted: () => [...accepted] };
}
