import type { Problem as ProblemDocument } from '../../../src/http/schemas/common.ts';

/** With the members a problem of its kind may have beside the common ones. */
export type Problem = ProblemDocument & { remedy?: unknown; oldest?: unknown };

/** What the hub answered instead of what was asked for. `status` 0: no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem | null;

  constructor(status: number, message: string, problem: Problem | null, cause?: unknown) {
    super(message, { cause });
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }
}

export interface Asked {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  bearer?: string;
  /** Statuses whose body is an answer though they are not 2xx. */
  accept?: readonly number[];
  signal?: AbortSignal;
}

/** An answer that takes longer is none. */
const TIMEOUT_MS = 20_000;

/** @returns the JSON of the answer, undefined where it has no body. Throws as `answerOf` does. */
export async function ask(path: string, asked: Asked = {}): Promise<unknown> {
  return (await answerOf(path, asked)).json;
}

/** Asks the hub. Throws `ApiError` for every refusal and for no answer at all; the session goes along as a cookie. */
export async function answerOf(path: string, asked: Asked = {}): Promise<{ status: number; json: unknown }> {
  const response = await fetch(path, {
    method: asked.method ?? 'GET',
    credentials: 'same-origin',
    headers: {
      accept: 'application/json, application/problem+json',
      ...(asked.body !== undefined && { 'content-type': 'application/json' }),
      ...(asked.bearer !== undefined && { authorization: `Bearer ${asked.bearer}` }),
    },
    ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
    signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(asked.signal ? [asked.signal] : [])]),
  }).catch((cause: unknown) => {
    throw new ApiError(0, 'The hub does not answer. It may be stopped or starting.', null, cause);
  });
  const text = await response.text().catch(() => '');
  const json = parse(text);
  if (response.ok || asked.accept?.includes(response.status)) return { status: response.status, json };
  const problem = isProblem(json) ? json : null;
  throw new ApiError(response.status, problem?.detail ?? `The hub answered ${response.status}.`, problem);
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'detail' in value && typeof value.detail === 'string';
}

/** What to do about it, where the hub says so. */
export function remedyOf(error: unknown): string | null {
  const remedy = error instanceof ApiError ? error.problem?.remedy : null;
  return typeof remedy === 'string' ? remedy : null;
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
