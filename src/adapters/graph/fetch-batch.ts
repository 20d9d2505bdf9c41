import { isObject } from '../../core/notification.ts';
import type { FetchRequest, GraphAnswer } from '../../ports/graph-api.ts';
import type { GraphCall } from './call-graph.ts';
import { graphAnswer } from './graph-answer.ts';

/** https://learn.microsoft.com/graph/json-batching */
export const MAX_BATCH = 20;

export const IMMUTABLE_IDS = { prefer: 'IdType="ImmutableId"' };

/**
 * The `$batch` that asks for these, its ids their places. The body is written here rather than with the client's
 * `BatchRequestContent`, which sends the version as a part of each URL.
 */
export function batchCall(
  requests: readonly FetchRequest[],
  timeoutMs: number,
  signal: AbortSignal,
): GraphCall {
  return {
    method: 'post',
    path: '/$batch',
    body: {
      requests: requests.map(({ path, immutableIds }, index) => ({
        id: String(index),
        method: 'GET',
        url: `/${batchUrl(path)}`,
        ...(immutableIds && { headers: IMMUTABLE_IDS }),
      })),
    },
    timeoutMs,
    signal,
  };
}

/** The answers in the order asked. What befell the batch as a whole befell each; one that is missing was not reached. */
export function batchAnswers(
  count: number,
  whole: GraphAnswer<unknown>,
  nowMs: number,
): GraphAnswer<unknown>[] {
  const places = Array.from({ length: count }, (_, index) => index);
  if (whole.status !== 'ok') return places.map(() => whole);
  const responses = isObject(whole.value) ? whole.value['responses'] : undefined;
  const byId = new Map<unknown, Record<string, unknown>>();
  if (Array.isArray(responses))
    for (const response of responses as readonly unknown[])
      if (isObject(response)) byId.set(response['id'], response);
  return places.map((index) => singleAnswer(byId.get(String(index)), nowMs));
}

function singleAnswer(response: Record<string, unknown> | undefined, nowMs: number): GraphAnswer<unknown> {
  const status = response?.['status'];
  if (response === undefined || typeof status !== 'number')
    return { status: 'unreachable', message: "Graph's answer to the batch lacks this request." };
  const headers = isObject(response['headers']) ? response['headers'] : {};
  return graphAnswer({ status, header: (name) => headerOf(headers, name), body: response['body'] }, nowMs);
}

function headerOf(headers: Record<string, unknown>, wanted: string): string | null {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted);
  return typeof found?.[1] === 'string' || typeof found?.[1] === 'number' ? String(found[1]) : null;
}

/** A subject is safe in a path as it is but for `+`, which some servers read as a space. */
function batchUrl(subject: string): string {
  return subject.replaceAll('+', '%2B');
}
