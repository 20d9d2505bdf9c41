import { randomUUID } from 'node:crypto';

/** What the simulated Graph answers: as a response of its own, or as one of a batch. `text` stands where a body is not JSON. */
export interface GraphReply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

/** In Graph's capitals: inside a batch, Microsoft's client looks for them so. */
const JSON_HEADERS = { 'Content-Type': 'application/json; odata.metadata=minimal; charset=utf-8' };

export function okReply(body: unknown, headers: Readonly<Record<string, string>> = {}): GraphReply {
  return { status: 200, headers: { ...JSON_HEADERS, ...headers }, body };
}

export function createdReply(body: unknown): GraphReply {
  return { status: 201, headers: JSON_HEADERS, body };
}

export const NO_CONTENT: GraphReply = { status: 204, headers: {}, body: null };

/** Graph's error body: https://learn.microsoft.com/graph/errors */
export function errorReply(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): GraphReply {
  const id = randomUUID();
  const innerError = {
    date: new Date().toISOString().slice(0, 19),
    'request-id': id,
    'client-request-id': id,
  };
  return {
    status,
    headers: { ...JSON_HEADERS, ...headers },
    body: { error: { code, message, innerError } },
  };
}
