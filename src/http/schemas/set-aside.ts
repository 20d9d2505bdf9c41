import { Type, type Static } from 'typebox';
import { nullable, pageOf, Timestamp } from './common.ts';

export const SetAsideId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** A notification that cannot become an event as things stand. Its content is not shown: it may be personal. */
export const SetAsideItem = Type.Object({
  id: SetAsideId,
  code: Type.String(),
  message: Type.String(),
  subscription: nullable(Type.String()),
  resource: nullable(Type.String()),
  acceptedAt: Timestamp,
  setAsideAt: Timestamp,
});
export type SetAsideItem = Static<typeof SetAsideItem>;

/** Newest first; `next` is the last id, null at the end. */
export const SetAsidePage = pageOf(SetAsideItem);
export type SetAsidePage = Static<typeof SetAsidePage>;

export const RunSetAside = Type.Object(
  {
    ids: Type.Optional(
      Type.Array(SetAsideId, {
        minItems: 1,
        maxItems: 1000,
        description: 'all when left out',
      }),
    ),
  },
  { additionalProperties: false },
);
export const RanSetAside = Type.Object({ ran: Type.Integer() });
export type RanSetAside = Static<typeof RanSetAside>;
