import { Type, type Static } from 'typebox';
import { ABSENCE_CODES, EVENT_ORIGINS } from '../../core/event.ts';
import { CHANGE_TYPES } from '../../core/resource-catalogue.ts';
import { Limit, nullable, Problem, problemAnswer, Timestamp } from './common.ts';

/** A position in the log: a sequence with or without its leading zeroes. */
export const Sequence = Type.String({ pattern: '^[0-9]{1,16}$', examples: ['0000000000000042'] });

export const CloudEvent = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String(),
  sequence: Sequence,
  time: Timestamp,
  type: Type.String({ examples: ['Microsoft.Graph.MessageCreated'] }),
  source: Type.String(),
  subject: Type.String(),
  datacontenttype: Type.Literal('application/json'),
  dataschema: Type.String(),
  tenantid: Type.Optional(Type.String()),
  subscriptionkey: Type.Optional(Type.String()),
  changetype: Type.Optional(Type.Enum(CHANGE_TYPES)),
  origin: Type.Enum(EVENT_ORIGINS),
  data: Type.Object(
    {
      resource: Type.Optional(Type.Unknown()),
      resourceData: Type.Optional(Type.Unknown()),
      reason: Type.Optional(Type.Object({ code: Type.Enum(ABSENCE_CODES), message: Type.String() })),
      fetchedAt: Type.Optional(Timestamp),
    },
    { additionalProperties: true },
  ),
});
export type CloudEvent = Static<typeof CloudEvent>;

/** Text to compare with; NUL is in no event, and Postgres takes none. */
const NO_NUL = '^[^\\u0000]*$';

const FILTERS = {
  type: Type.Optional(
    Type.String({
      maxLength: 200,
      pattern: NO_NUL,
      description: 'in full, as the event has it',
      examples: ['Microsoft.Graph.MessageCreated'],
    }),
  ),
  subject: Type.Optional(
    Type.String({ maxLength: 2048, pattern: NO_NUL, description: 'exact, or a prefix with a trailing *' }),
  ),
  subscription: Type.Optional(Type.String({ maxLength: 40, pattern: NO_NUL })),
  tenant: Type.Optional(Type.String({ maxLength: 64, pattern: NO_NUL })),
  origin: Type.Optional(Type.Enum(EVENT_ORIGINS)),
  since: Type.Optional(Timestamp),
  until: Type.Optional(Timestamp),
};

export const EventsQuery = Type.Object(
  {
    order: Type.Optional(Type.Enum(['asc', 'desc'])),
    after: Type.Optional(Sequence),
    before: Type.Optional(Sequence),
    limit: Type.Optional(Limit),
    ...FILTERS,
  },
  { additionalProperties: false },
);
export type EventsQuery = Static<typeof EventsQuery>;

/** Of the stream: it goes on after `after` or the header `Last-Event-ID`, else it starts now. */
export const StreamQuery = Type.Object(
  { after: Type.Optional(Sequence), ...FILTERS },
  { additionalProperties: false },
);
export type StreamQuery = Static<typeof StreamQuery>;

/** `next` is always there: the position scanned to. */
export const EventPage = Type.Object({ items: Type.Array(CloudEvent), next: Sequence });
export type EventPage = Static<typeof EventPage>;

/** 410: `oldest` is the first that is still kept. */
export const sequenceGoneAnswer = problemAnswer(
  'The events after this position are no longer kept',
  Type.Intersect([Problem, Type.Object({ oldest: Sequence })]),
);

/** The times of an event's way into the log, in milliseconds' precision. */
export const Journey = Type.Object({
  acceptedAt: Timestamp,
  verifiedAt: Timestamp,
  fetchedAt: nullable(Timestamp),
  appendedAt: Timestamp,
});
export type Journey = Static<typeof Journey>;

/** The way of an event into the log, and what became of it at each destination. */
const DELIVERY_STATUSES = ['dealt_with', 'waiting', 'parked'] as const;
export const EventDeliveries = Type.Object({
  journey: Journey,
  items: Type.Array(
    Type.Object({
      destination: Type.String(),
      status: Type.Enum(DELIVERY_STATUSES, {
        description:
          'dealt_with: sent, or not for this destination. waiting: after its cursor. parked: refused for its own sake, to be tried again.',
      }),
      /** The destination has dealt with everything up to here. */
      cursor: Sequence,
      reason: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
      attempts: Type.Integer(),
      nextAttemptAt: nullable(Timestamp),
    }),
  ),
});
export type EventDeliveries = Static<typeof EventDeliveries>;
