import { Type, type Static, type TSchema } from 'typebox';

/** A list answer: `next` goes into the next request as the position; what it means is said at each list. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) });
}

export const Timestamp = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' });

export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

export const Limit = Type.Integer({ minimum: 1, maximum: 1000, default: 100 });

/** The answer has no body. */
export const NoBody = Type.Unsafe<undefined>({ type: 'null' });

/** RFC 9457, `application/problem+json`. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    requestId: Type.String(),
    timestamp: Timestamp,
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  },
  { additionalProperties: true },
);
export type Problem = Static<typeof Problem>;

/** The answer of a route that is a problem with members of its own beside the common ones. */
export function problemAnswer(description: string, schema: TSchema) {
  return { description, content: { 'application/problem+json': { schema } } };
}

/** 404 of a route that is about one thing. */
export function notFoundAnswer(description: string) {
  return problemAnswer(description, Problem);
}
