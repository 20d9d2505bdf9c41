import { Type, type Static } from 'typebox';
import { nullable, Timestamp } from './common.ts';

export const NegotiateRequest = Type.Object(
  {
    groups: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 600 }), {
        minItems: 1,
        maxItems: 50,
        uniqueItems: true,
        description:
          'tenant.{tid}, tenant.{tid}.type.{EventType}, subscription.{key}; every tenant when left out',
      }),
    ),
    userId: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    ttlMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1440, default: 60 })),
  },
  { additionalProperties: false },
);
export type NegotiateRequest = Static<typeof NegotiateRequest>;

export const NegotiateAnswer = Type.Object({
  url: Type.String(),
  groups: Type.Array(Type.String()),
  token: Type.String({ description: 'reads /api/v1/events and its stream for the same groups' }),
  expiresAt: Timestamp,
});
export type NegotiateAnswer = Static<typeof NegotiateAnswer>;

export const Destination = Type.Object({
  name: Type.String(),
  kind: Type.String(),
  status: Type.Enum(['active', 'failing', 'paused']),
  cursor: Type.String(),
  lag: Type.Integer(),
  parked: Type.Integer(),
  failures: Type.Integer(),
  lastError: nullable(Type.Object({ code: Type.String(), message: Type.String(), at: Timestamp })),
  retryAt: nullable(Timestamp),
  lastDeliveredAt: nullable(Timestamp),
});
export type Destination = Static<typeof Destination>;

export const DestinationList = Type.Object({ items: Type.Array(Destination), next: Type.Null() });
export type DestinationList = Static<typeof DestinationList>;
