import { isObject } from '../../core/notification.ts';
import { errorReply, okReply, type GraphReply } from './graph-reply.ts';
import type { ResourceQuestion } from './resource-answers.ts';

/** https://learn.microsoft.com/graph/json-batching */
const MAX_REQUESTS = 20;

/**
 * Answers a `$batch`: each request on its own, whatever becomes of the others. Only GET is simulated; `dependsOn` is passed over,
 * as a GET does not depend on another.
 */
export function batchReply(body: unknown, answer: (question: ResourceQuestion) => GraphReply): GraphReply {
  const requests = isObject(body) ? body['requests'] : undefined;
  if (!Array.isArray(requests) || requests.length === 0)
    return errorReply(400, 'BadRequest', 'Invalid batch payload format.');
  if (requests.length > MAX_REQUESTS)
    return errorReply(
      400,
      'BadRequest',
      `Number of batch request steps exceeds the maximum value of ${MAX_REQUESTS}.`,
    );
  const ids = new Set<unknown>();
  const responses = [];
  for (const request of requests as readonly unknown[]) {
    if (!isObject(request) || typeof request['id'] !== 'string' || ids.has(request['id']))
      return errorReply(
        400,
        'BadRequest',
        'Invalid batch payload format. Every request needs an id of its own.',
      );
    ids.add(request['id']);
    responses.push({ id: request['id'], ...single(request, answer) });
  }
  return okReply({ responses });
}

function single(
  request: Record<string, unknown>,
  answer: (question: ResourceQuestion) => GraphReply,
): GraphReply {
  const { url, method, headers } = request;
  if (typeof url !== 'string' || typeof method !== 'string')
    return errorReply(400, 'BadRequest', 'A batch request needs a method and a url.');
  if (/^[a-z]+:\/\//i.test(url))
    return errorReply(400, 'BadRequest', `Invalid request URL '${url}'. A relative URL is expected.`);
  if (method.toUpperCase() !== 'GET')
    return errorReply(405, 'MethodNotAllowed', `${method} is not simulated in a batch.`);
  return answer({
    url: url.replace(/^\//, ''),
    immutableIds: prefersImmutable(isObject(headers) ? headers : {}),
  });
}

/** @param headers of a batched request: names in any case */
function prefersImmutable(headers: Record<string, unknown>): boolean {
  return Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'prefer' && asksForImmutableIds(value),
  );
}

export function asksForImmutableIds(prefer: unknown): boolean {
  return typeof prefer === 'string' && /\bIdType\s*=\s*"?ImmutableId\b/i.test(prefer);
}
