import { Type, type Static } from 'typebox';
import { CHANGE_TYPES } from '../../core/resource-catalogue.ts';
import { FETCH_MODES, SUBSCRIPTION_STATUSES } from '../../core/subscription.ts';
import { nullable, pageOf, Problem, Timestamp } from './common.ts';

export const SubscriptionKey = Type.String({ pattern: '^[a-z0-9]{16,40}$' });

export const Subscription = Type.Object({
  key: SubscriptionKey,
  tenant: Type.String(),
  resource: Type.String(),
  changeTypes: Type.Array(Type.Enum(CHANGE_TYPES)),
  rich: Type.Boolean(),
  fetch: Type.Enum(FETCH_MODES),
  status: Type.Enum(SUBSCRIPTION_STATUSES),
  reason: nullable(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      remedy: Type.String(),
      since: Timestamp,
    }),
  ),
  graphId: nullable(Type.String()),
  expiresAt: nullable(Timestamp),
  renewAt: nullable(Timestamp),
  lastNotificationAt: nullable(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Subscription = Static<typeof Subscription>;

/** In the order of their keys; `next` is the last key, null at the end. */
export const SubscriptionPage = pageOf(Subscription);
export type SubscriptionPage = Static<typeof SubscriptionPage>;

export const NewSubscription = Type.Object(
  {
    resource: Type.String({ minLength: 1, maxLength: 2048, examples: ['users/{id}/messages'] }),
    tenant: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'the only tenant when left out' }),
    ),
    changeTypes: Type.Optional(
      Type.Array(Type.Enum(CHANGE_TYPES), {
        minItems: 1,
        uniqueItems: true,
        description: 'all the resource allows when left out',
      }),
    ),
    rich: Type.Optional(Type.Boolean()),
    fetch: Type.Optional(Type.Enum(FETCH_MODES)),
  },
  { additionalProperties: false },
);
export type NewSubscription = Static<typeof NewSubscription>;

/** 409: `key` is the subscription that watches the same. */
export const AlreadyWatched = Type.Intersect([Problem, Type.Object({ key: SubscriptionKey })]);

/** 409 of a renewal: with `key`, as above; without, the hub acts on the subscription just now. */
export const NotRenewed = Type.Intersect([Problem, Type.Object({ key: Type.Optional(SubscriptionKey) })]);

/** 422: `detail` is in Graph's words, `graphCode` its error code. */
export const RefusedByGraph = Type.Intersect([
  Problem,
  Type.Object({ remedy: Type.String(), graphCode: Type.String() }),
]);

export const SubscriptionPatch = Type.Object(
  { fetch: Type.Optional(Type.Enum(FETCH_MODES)), paused: Type.Optional(Type.Boolean()) },
  { additionalProperties: false, minProperties: 1 },
);
export type SubscriptionPatch = Static<typeof SubscriptionPatch>;

export const RenewDue = Type.Object({
  renewed: Type.Array(Type.Object({ key: SubscriptionKey, status: Type.Enum(SUBSCRIPTION_STATUSES) })),
});
export type RenewDue = Static<typeof RenewDue>;
