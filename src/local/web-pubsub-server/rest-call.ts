import type { Connections } from './connections.ts';
import type { Tokens } from './tokens.ts';

/** The names in a route's path; empty where the route has none. */
export interface RestParams {
  hub: string;
  group: string;
  userId: string;
  connectionId: string;
  permission: string;
}

/** A call of the data plane that was found, checked and read. */
export interface RestCall extends RestParams {
  connections: Connections;
  tokens: Tokens;
  /** The origin the caller used: `http://host:port`. */
  origin: string;
  /** As the caller wrote it. */
  path: string;
  query: URLSearchParams;
  contentType: string;
  body: Buffer;
}

/** `json` is the body; none for most. */
export interface RestAnswer {
  status: number;
  json?: unknown;
}

export type RestHandler = (call: RestCall) => RestAnswer | Promise<RestAnswer>;

export const OK: RestAnswer = { status: 200 };
export const ACCEPTED: RestAnswer = { status: 202 };
export const NO_CONTENT: RestAnswer = { status: 204 };

/** The service's ErrorDetail. */
export function refusal(status: number, code: string, message: string): RestAnswer {
  return { status, json: { code, message } };
}

export function badRequest(message: string): RestAnswer {
  return refusal(400, 'BadRequest', message);
}

export function notFound(message: string): RestAnswer {
  return refusal(404, 'NotFound', message);
}

/** A whole number in the query: `fallback` when absent, null when it is not one of `min` to `max`. */
export function countOf(
  query: URLSearchParams,
  name: string,
  { min, max, fallback }: { min: number; max: number; fallback: number },
): number | null {
  const text = query.get(name);
  if (text === null) return fallback;
  const count = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  return count >= min && count <= max ? count : null;
}
