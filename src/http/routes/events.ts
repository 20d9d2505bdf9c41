import { Type } from 'typebox';
import { formatSequence, parseSequence, toCloudEvent } from '../../core/event.ts';
import type { Destination, ParkedEvent } from '../../core/delivery.ts';
import type { EventPage, EventQuery } from '../../ports/event-log.ts';
import type { AppDeps } from '../app-deps.ts';
import { eventQueryOf, sequenceGone } from '../event-query.ts';
import { notFound } from '../problem.ts';
import { notFoundAnswer } from '../schemas/common.ts';
import {
  CloudEvent,
  EventDeliveries,
  EventPage as EventPageAnswer,
  EventsQuery,
  Sequence,
  sequenceGoneAnswer,
} from '../schemas/events.ts';
import type { App } from '../typed-app.ts';

export type EventRoutesDeps = Pick<AppDeps, 'store'>;

const noSuchEvent = notFoundAnswer('There is no such event, or it is no longer kept');
const SequenceParams = Type.Object({ sequence: Sequence });

/** Read by pages of other origins too; see `crossOrigin`. */
export function eventListRoute(app: App, deps: EventRoutesDeps): void {
  app.get(
    '/api/v1/events',
    {
      config: { role: 'viewer', negotiated: true },
      schema: {
        operationId: 'listEvents',
        summary: 'Events of the log, oldest first, or newest first with order=desc',
        tags: ['events'],
        querystring: EventsQuery,
        response: { 200: EventPageAnswer, 410: sequenceGoneAnswer },
      },
    },
    async ({ query, caller }) => {
      const asked = eventQueryOf(query, caller?.scope ?? null);
      const page = await readFrom(deps, asked, asked.order === 'asc' && query.after === undefined);
      return { items: page.items.map(toCloudEvent), next: formatSequence(page.next) };
    },
  );
}

/** @param fromOldest no position was named: what is no longer kept is not missed */
async function readFrom(deps: EventRoutesDeps, asked: EventQuery, fromOldest: boolean) {
  let page: EventPage = await deps.store.readEvents(asked);
  if (page.status === 'gone' && fromOldest)
    page = await deps.store.readEvents({ ...asked, from: page.oldest - 1 });
  if (page.status === 'gone') throw sequenceGone(page.oldest);
  return page;
}

export function eventRoutes(app: App, deps: EventRoutesDeps): void {
  app.get(
    '/api/v1/events/:sequence',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getEvent',
        summary: 'One event',
        tags: ['events'],
        params: SequenceParams,
        response: { 200: CloudEvent, 404: noSuchEvent },
      },
    },
    async ({ params }) => toCloudEvent(await findEvent(deps, params.sequence)),
  );
  app.get(
    '/api/v1/events/:sequence/deliveries',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listEventDeliveries',
        summary: 'The times of one event on its way into the log, and what became of it at each destination',
        tags: ['events'],
        params: SequenceParams,
        response: { 200: EventDeliveries, 404: noSuchEvent },
      },
    },
    async ({ params }) => {
      const event = await findEvent(deps, params.sequence);
      const { sequence, time: acceptedAt, verifiedAt, fetchedAt, appendedAt } = event;
      const [destinations, parked] = await Promise.all([
        deps.store.listDestinations(),
        deps.store.findParked(sequence),
      ]);
      return {
        journey: { acceptedAt, verifiedAt, fetchedAt, appendedAt },
        items: destinations.map((each) => deliveryAt(each, sequence, parked.get(each.name))),
      };
    },
  );
}

async function findEvent({ store }: EventRoutesDeps, text: string) {
  const sequence = parseSequence(text);
  const event = sequence === null ? null : await store.findEvent(sequence);
  if (event === null) throw notFound('There is no event of this sequence, or it is no longer kept.');
  return event;
}

function deliveryAt(
  { name, cursor }: Destination,
  sequence: number,
  parked: ParkedEvent | undefined,
): EventDeliveries['items'][number] {
  return {
    destination: name,
    status: parked ? 'parked' : sequence > cursor ? 'waiting' : 'dealt_with',
    cursor: formatSequence(cursor),
    reason: parked ? { code: parked.code, message: parked.message } : null,
    attempts: parked?.attempts ?? 0,
    nextAttemptAt: parked?.nextAttemptAt ?? null,
  };
}
