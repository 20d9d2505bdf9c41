import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import { bearerOf } from './accept-client.ts';
import { audiencesOf, originOf } from './audience.ts';
import type { Connections } from './connections.ts';
import { isGroupName, isHubName } from './names.ts';
import { MAX_PAYLOAD_BYTES } from './payload.ts';
import { badRequest, notFound, OK, refusal, type RestAnswer } from './rest-call.ts';
import { matchRoute } from './rest-routes.ts';
import type { Tokens } from './tokens.ts';

const READ_AT_MOST_BYTES = 16 * MAX_PAYLOAD_BYTES;

export interface RestDeps {
  tokens: Tokens;
  connections: Connections;
  log: Log;
}

/** Answers one request, whatever it is; a fault of ours is a 500 and a line in the log. */
export async function serveRest(
  deps: RestDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    write(request, response, await answerOf(deps, request, response));
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    deps.log.error({ error: messageOf(error), method: request.method }, 'web-pubsub.rest-failed');
    write(request, response, refusal(500, 'InternalServerError', 'The local server failed.'));
  }
}

async function answerOf(
  deps: RestDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<RestAnswer> {
  const { method = '', url = '' } = request;
  const [path = '', ...rest] = url.split('?');
  if (path === '/api/health' && (method === 'HEAD' || method === 'GET')) return OK;
  const match = matchRoute(method, path);
  if (match.status === 'not_found') return notFound('There is no such operation.');
  if (match.status === 'wrong_method') {
    response.setHeader('allow', match.allowed.join(', '));
    return method === 'OPTIONS'
      ? { status: 204 }
      : refusal(405, 'MethodNotAllowed', 'The operation does not take this method.');
  }
  if (match.status === 'malformed') return badRequest('The path is not well encoded.');
  const token = bearerOf(request);
  if (token === null || !(await deps.tokens.allowsCall(token, audiencesOf(request))))
    return refusal(401, 'Unauthorized', 'The token is missing, expired, or not for this URL.');
  const { params, handler } = match;
  if (!isHubName(params.hub)) return badRequest('The hub name is invalid.');
  if (params.group !== '' && !isGroupName(params.group)) return badRequest('The group name is invalid.');
  const body = await bodyOf(request);
  if (body === null)
    return refusal(413, 'RequestEntityTooLarge', `The body is larger than ${MAX_PAYLOAD_BYTES} bytes.`);
  return handler({
    ...params,
    hub: params.hub.toLowerCase(),
    connections: deps.connections,
    tokens: deps.tokens,
    origin: originOf(request),
    path,
    query: new URLSearchParams(rest.join('?')),
    contentType: request.headers['content-type'] ?? '',
    body,
  });
}

/**
 * Null when it is too large. It is read to its end all the same, or the caller would be reset before it sees the answer; one
 * that never seems to end is cut off.
 */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = chunk as Buffer;
    bytes += part.length;
    if (bytes > READ_AT_MOST_BYTES) return null;
    if (bytes <= MAX_PAYLOAD_BYTES) chunks.push(part);
  }
  return bytes > MAX_PAYLOAD_BYTES ? null : Buffer.concat(chunks);
}

function write(request: IncomingMessage, response: ServerResponse, { status, json }: RestAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const body = json === undefined || request.method === 'HEAD' ? '' : JSON.stringify(json);
  response.statusCode = status;
  if (body !== '') response.setHeader('content-type', 'application/json; charset=utf-8');
  if (status !== 204) response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}
