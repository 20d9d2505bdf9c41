import { MAX_RETRY_AFTER_MS } from '../../core/backoff.ts';
import { isObject } from '../../core/notification.ts';
import type { GraphAnswer } from '../../ports/graph-api.ts';

/** An answer over HTTP, of its own or inside a batch. `body` is parsed JSON, or undefined where there was none. */
export interface HttpAnswer {
  status: number;
  /** Null where it is absent. The name may come in any case. */
  header(name: string): string | null;
  body: unknown;
}

/** A success that does not read as Graph's. */
export const NOT_GRAPH: GraphAnswer<never> = {
  status: 'unreachable',
  message: "The answer is not what Graph's would be; a proxy may stand between.",
};

/** What an answer of Graph's means. Error bodies: https://learn.microsoft.com/graph/errors */
export function graphAnswer(answer: HttpAnswer, nowMs: number): GraphAnswer<unknown> {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return { status: 'ok', value: body ?? null };
  const retryAfterMs = retryAfter(answer.header('retry-after'), nowMs);
  if (status === 429 || (status === 503 && retryAfterMs !== null))
    return { status: 'throttled', retryAfterMs };
  const { code, message } = errorOf(body);
  if (status >= 400 && status < 500 && status !== 408)
    return {
      status: 'refused',
      httpStatus: status,
      code: code ?? `http_${status}`,
      message: message ?? `Graph answered ${status} without a word.`,
    };
  const words = [code, message].filter((part) => part !== null).join(': ');
  return { status: 'unreachable', message: `Graph answered ${status}${words === '' ? '' : ` ${words}`}` };
}

/** `Retry-After` in milliseconds: seconds or a date, an hour at most. Null where there is none, or none that can be read. */
export function retryAfter(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1000;
  return Number.isFinite(ms) ? Math.min(Math.max(0, Math.round(ms)), MAX_RETRY_AFTER_MS) : null;
}

/** Reads the value of an answer; one that cannot be read counts as no answer. */
export function readAnswer<T>(
  answer: GraphAnswer<unknown>,
  read: (value: unknown) => T | null,
): GraphAnswer<T> {
  if (answer.status !== 'ok') return answer;
  const value = read(answer.value);
  return value === null ? NOT_GRAPH : { status: 'ok', value };
}

function errorOf(body: unknown): { code: string | null; message: string | null } {
  const error = isObject(body) && isObject(body['error']) ? body['error'] : {};
  return { code: textOf(error['code']), message: textOf(error['message']) };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
