import fastifyCors from '@fastify/cors';
import type { App } from './typed-app.ts';

/** What pages of other origins may call, and nothing else. */
const PATHS = new Set(['/api/v1/events', '/api/v1/events/stream', '/api/v1/realtime/negotiate']);

/** Lets the pages of these origins negotiate and read events, with a credential in a header; cookies never count there. */
export async function crossOrigin(app: App, origins: readonly string[]): Promise<void> {
  await app.register(fastifyCors, {
    delegator: (request, done) => {
      const isOpen = PATHS.has(request.url.split('?', 1)[0] ?? '');
      done(null, {
        origin: isOpen ? [...origins] : false,
        methods: ['GET', 'POST'],
        allowedHeaders: ['authorization', 'content-type', 'last-event-id'],
        exposedHeaders: ['x-request-id', 'retry-after'],
        maxAge: 600,
      });
    },
  });
}
