import type { FastifyInstance, FastifyReply } from 'fastify';
import { formatSequence, type CloudEvent } from '../../src/core/event.ts';
import type { EventDeliveries, EventPage, EventsQuery } from '../../src/http/schemas/events.ts';
import { journeyOf } from './office-events.ts';
import { problem } from './stand-in-problem.ts';

type Query = Partial<Record<keyof EventsQuery, string>>;

interface StandInLog {
  log: readonly CloudEvent[];
  forgottenTo: number;
}

export function eventRoutes(app: FastifyInstance, hub: StandInLog): void {
  app.get<{ Querystring: Query }>('/api/v1/events', ({ query }, reply) => {
    const limit = Number(query.limit ?? 100);
    const kept = hub.log.slice(hub.forgottenTo);
    if (query.order === 'desc') {
      const before = query.before === undefined ? Number.POSITIVE_INFINITY : Number(query.before);
      const items = kept
        .filter((event) => Number(event.sequence) < before)
        .slice(-limit)
        .reverse();
      return { items, next: items.at(-1)?.sequence ?? query.before ?? '0' } satisfies EventPage;
    }
    const after = Number(query.after ?? 0);
    if (after < hub.forgottenTo)
      return problem(reply, 410, 'sequence_gone', 'Events up to there are no longer kept.', {
        oldest: formatSequence(hub.forgottenTo + 1),
      });
    const items = kept.filter((event) => Number(event.sequence) > after).slice(0, limit);
    return { items, next: items.at(-1)?.sequence ?? formatSequence(after) } satisfies EventPage;
  });

  type ForOne = { Params: { sequence: string } };
  app.get<ForOne>(
    '/api/v1/events/:sequence',
    ({ params }, reply) => hub.log[Number(params.sequence) - 1] ?? missing(reply),
  );
  app.get<ForOne>('/api/v1/events/:sequence/deliveries', ({ params }, reply) => {
    const event = hub.log[Number(params.sequence) - 1];
    if (event === undefined) return missing(reply);
    return { journey: journeyOf(event), items: [] } satisfies EventDeliveries;
  });
}

function missing(reply: FastifyReply) {
  return problem(reply, 404, 'not_found', 'There is no event of this sequence, or it is no longer kept.');
}
