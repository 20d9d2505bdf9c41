import type { AbsenceCode, EventData } from './event.ts';
import type { ReturnCause } from './inbox.ts';
import { backoffMs, MAX_RETRY_AFTER_MS } from './backoff.ts';

/*
 * What the answer to a fetch means for the event it was made for. The shapes are those of `ports/graph-api.ts`.
 */

export type FetchAnswer =
  | { status: 'ok'; value: unknown }
  | { status: 'refused'; httpStatus: number; code: string; message: string }
  | { status: 'throttled'; retryAfterMs: number | null }
  | { status: 'unreachable'; message: string };

export interface FetchHistory {
  /** Why the item came back last time. */
  cause: ReturnCause | null;
  returns: number;
  /** For how long Graph could have been asked, ms: since it told us, or since the subscription was known. */
  ageMs: number;
  /** How long the operator lets an item wait for an answer, ms. */
  patienceMs: number;
  /** 0 (inclusive) to 1 (exclusive). */
  random: number;
}

export type FetchVerdict =
  | { status: 'resolved'; data: Pick<EventData, 'resource' | 'reason'> }
  | { status: 'again'; cause: ReturnCause; delayMs: number };

/** Graph answers 404 for a moment after it told of a new item: one short retry, then it is the truth. */
const NOT_FOUND_RETRY_MS = 1_500;
const RETRY = { firstMs: 1_000, maxMs: 120_000 };
/** Refusals of the moment: timed out, conflict, precondition, locked, too early. Another try may well be answered. */
const PASSING = new Set([408, 409, 412, 423, 425]);

export function fetchVerdict(answer: FetchAnswer, history: FetchHistory): FetchVerdict {
  switch (answer.status) {
    case 'ok':
      return { status: 'resolved', data: { resource: answer.value } };
    case 'refused':
      return refusedVerdict(answer, history);
    case 'throttled':
      return againOrUnavailable(history, 'throttled', answer.retryAfterMs ?? 0, 'Graph throttles this app');
    case 'unreachable':
      return againOrUnavailable(history, 'unreachable', 0, answer.message);
  }
}

function refusedVerdict(answer: FetchAnswer & { status: 'refused' }, history: FetchHistory): FetchVerdict {
  const { httpStatus } = answer;
  if (httpStatus === 401 || httpStatus === 403) return absent('forbidden', answer.message);
  if (PASSING.has(httpStatus))
    return againOrUnavailable(history, 'unreachable', 0, `Graph answered ${httpStatus}: ${answer.message}`);
  if (httpStatus !== 404 && httpStatus !== 410)
    return absent('unavailable', `Graph answered ${httpStatus} ${answer.code}: ${answer.message}`);
  return httpStatus === 410 || history.cause === 'not_found'
    ? absent('not_found', answer.message)
    : { status: 'again', cause: 'not_found', delayMs: NOT_FOUND_RETRY_MS };
}

function againOrUnavailable(
  history: FetchHistory,
  cause: ReturnCause,
  retryAfterMs: number,
  message: string,
): FetchVerdict {
  if (history.ageMs > history.patienceMs) return absent('unavailable', message);
  const ownMs = backoffMs(RETRY, history.returns + 1, history.random);
  const delayMs = Math.max(Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), ownMs);
  return { status: 'again', cause, delayMs };
}

function absent(code: AbsenceCode, message: string): FetchVerdict {
  return { status: 'resolved', data: { reason: { code, message } } };
}
