/**
 * Every fault the hub can name. The code is what programs match on; `docs/operating.md` has a line for each.
 * A refusal that belongs to normal life (a notification that proves nothing, a Graph 4xx) is a value, not one of these.
 */
export const ERROR_CODES = {
  bad_request: 400,
  not_a_notification_collection: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  already_watched: 409,
  sequence_gone: 410,
  body_too_large: 413,
  unsupported_media_type: 415,
  refused_by_graph: 422,
  too_many_requests: 429,
  internal: 500,
  not_committed: 503,
  store_unavailable: 503,
  queue_unavailable: 503,
  realtime_unavailable: 503,
  graph_unavailable: 503,
  stopping: 503,
  configuration: 500,
  database_newer: 500,
  data_dir_in_use: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing wrong with an input: `path` is a JSON pointer, a query name or a setting's name. */
export interface Flaw {
  path: string;
  message: string;
}

/** A fault with a code, an HTTP status and a message that says what to do next. `extra` becomes members of the problem document. */
export class HubError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly flaws: readonly Flaw[];
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    more: { cause?: unknown; flaws?: readonly Flaw[]; extra?: Record<string, unknown> } = {},
  ) {
    super(message, 'cause' in more ? { cause: more.cause } : {});
    this.name = 'HubError';
    this.code = code;
    this.status = ERROR_CODES[code];
    this.flaws = more.flaws ?? [];
    this.extra = more.extra ?? {};
  }
}

/** What went wrong, in words, whatever was thrown. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  // Node's own has no words where a name has several addresses and none of them answers.
  if (thrown instanceof AggregateError && thrown.message === '')
    return thrown.errors.map(messageOf).join('; ');
  return thrown.message;
}
