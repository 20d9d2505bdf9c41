import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AppDeps } from '../app-deps.ts';
import { eventFilterOf, positionOf, sequenceGone } from '../event-query.ts';
import { eventStream, STREAM_PAGE } from '../event-stream.ts';
import { badInput } from '../problem.ts';
import { sequenceGoneAnswer, StreamQuery } from '../schemas/events.ts';
import type { App } from '../typed-app.ts';

export interface EventStreamRouteDeps extends Pick<AppDeps, 'store' | 'tail' | 'log' | 'clock'> {
  /** Whether the credential of a request counts still. */
  stillAllowed(request: FastifyRequest): Promise<boolean>;
}

/** Bytes a slow client may leave waiting in this process, beside the page in hand. */
const BUFFER_BYTES = 64 * 1024;

/** Read by pages of other origins too; see `crossOrigin`. */
export function eventStreamRoute(app: App, deps: EventStreamRouteDeps): void {
  const open = new Set<AbortController>();
  app.addHook('preClose', async () => {
    for (const stream of open) stream.abort();
  });
  app.get(
    '/api/v1/events/stream',
    {
      config: { role: 'viewer', negotiated: true },
      schema: {
        operationId: 'streamEvents',
        summary: 'Events as they are appended, as server-sent events',
        description:
          'Starts after Last-Event-ID, else after `after`, else now. A browser that reconnects sends both, and the header is the newer.',
        tags: ['events'],
        querystring: StreamQuery,
        response: {
          200: {
            description: 'The stream',
            content: { 'text/event-stream': { schema: Type.Unsafe<Readable>({ type: 'string' }) } },
          },
          410: sequenceGoneAnswer,
        },
      },
    },
    async (request, reply) => {
      const filter = eventFilterOf(request.query);
      const scope = request.caller?.scope ?? null;
      const from = startOf(request) ?? (await deps.store.logHead());
      const first = await deps.store.readEvents({ order: 'asc', from, limit: STREAM_PAGE, filter, scope });
      if (first.status === 'gone') throw sequenceGone(first.oldest);
      const ended = new AbortController();
      open.add(ended);
      reply.raw.once('close', () => {
        open.delete(ended);
        ended.abort();
      });
      const texts = eventStream(deps, {
        filter,
        scope,
        first,
        signal: ended.signal,
        stillAllowed: () => deps.stillAllowed(request),
      });
      return reply
        .type('text/event-stream')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(Readable.from(texts, { objectMode: false, highWaterMark: BUFFER_BYTES }));
    },
  );
}

function startOf({ query, headers }: FastifyRequest<{ Querystring: StreamQuery }>): number | null {
  const lastId = headers['last-event-id'];
  if (lastId === undefined || lastId === '')
    return query.after === undefined ? null : positionOf('after', query.after);
  if (Array.isArray(lastId)) throw badInput([{ path: 'Last-Event-ID', message: 'is given twice' }]);
  return positionOf('Last-Event-ID', lastId);
}
