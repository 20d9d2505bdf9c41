import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asksForImmutableIds, batchReply } from './batch-answers.ts';
import type { BearerTokens } from './bearer-tokens.ts';
import { errorReply, type GraphReply } from './graph-reply.ts';
import type { ResourceQuestion } from './resource-answers.ts';
import type { SimulatorFaults } from './simulator-faults.ts';
import type { Caller, SubscriptionCalls } from './subscription-calls.ts';

/** Graph below `/v1.0`: the door with its bearer tokens and its faults, and behind it subscriptions, `$batch` and resources. */
export function graphRoutes(
  app: FastifyInstance,
  deps: {
    tokens: BearerTokens;
    faults: SimulatorFaults;
    applicationId: string;
    subscriptions: SubscriptionCalls;
    resources: (question: ResourceQuestion) => GraphReply;
  },
): void {
  const { tokens, faults, applicationId, subscriptions } = deps;

  /** A resource by itself or in a batch: each is throttled for itself. */
  function resources(question: ResourceQuestion): GraphReply {
    return throttled(faults) ?? deps.resources(question);
  }

  app.addHook('onRequest', async (request, reply) => {
    if (faults.latencyMs() > 0) await delay(faults.latencyMs());
    const down = faults.down();
    if (down !== null) return sendDown(reply, down);
    const flaw = tokens.flawOf(request.headers.authorization);
    return flaw === null ? undefined : sendReply(reply, errorReply(401, 'InvalidAuthenticationToken', flaw));
  });

  /** A call of the subscription API behind the throttle. */
  const call =
    (act: (request: FastifyRequest) => GraphReply | Promise<GraphReply>) =>
    async (request: FastifyRequest, reply: FastifyReply) =>
      sendReply(reply, throttled(faults) ?? (await act(request)));

  app.post(
    '/subscriptions',
    call((request) => {
      const body = parsed(request.body);
      return body === undefined ? notJson() : subscriptions.create(callerOf(request, applicationId), body);
    }),
  );
  app.get(
    '/subscriptions',
    call((request) => subscriptions.list(skipOf(request))),
  );
  app.get(
    '/subscriptions/:id',
    call((request) => subscriptions.get(idOf(request))),
  );
  app.patch(
    '/subscriptions/:id',
    call((request) => {
      const body = parsed(request.body);
      return body === undefined ? notJson() : subscriptions.patch(idOf(request), body);
    }),
  );
  app.delete(
    '/subscriptions/:id',
    call((request) => subscriptions.remove(idOf(request))),
  );
  app.post(
    '/subscriptions/:id/reauthorize',
    call((request) => subscriptions.reauthorize(idOf(request))),
  );

  app.post('/$batch', (request, reply) => {
    const body = parsed(request.body);
    return sendReply(reply, body === undefined ? notJson() : batchReply(body, resources));
  });

  app.get('/*', (request, reply) => {
    const url = request.raw.url?.slice('/v1.0/'.length) ?? '';
    return sendReply(reply, resources({ url, immutableIds: asksForImmutableIds(request.headers['prefer']) }));
  });
}

/** Sends an answer as a response of its own. */
export function sendReply(reply: FastifyReply, { status, headers, body }: GraphReply): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .send(body ?? undefined);
}

function throttled(faults: SimulatorFaults): GraphReply | null {
  const spell = faults.throttled();
  if (spell === null) return null;
  const { retryAfterSeconds } = spell;
  const headers: Record<string, string> =
    retryAfterSeconds === null ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return errorReply(429, 'TooManyRequests', 'Too many requests. Please retry later.', headers);
}

/** A bad gateway is a page of some proxy's, not Graph's JSON. */
function sendDown(
  reply: FastifyReply,
  down: { status: number; retryAfterSeconds: number | null },
): FastifyReply {
  const headers: Record<string, string> =
    down.retryAfterSeconds === null ? {} : { 'Retry-After': String(down.retryAfterSeconds) };
  if (down.status === 502)
    return reply
      .code(502)
      .headers({ ...headers, 'Content-Type': 'text/html' })
      .send('<html><body><h1>502 Bad Gateway</h1></body></html>');
  return sendReply(
    reply,
    errorReply(down.status, 'ServiceUnavailable', 'The service is temporarily unavailable.', headers),
  );
}

function callerOf(request: FastifyRequest, applicationId: string): Caller {
  return { applicationId, immutableIds: asksForImmutableIds(request.headers['prefer']) };
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

function skipOf(request: FastifyRequest): number {
  const token = (request.query as { $skiptoken?: string }).$skiptoken ?? '0';
  return /^\d{1,9}$/.test(token) ? Number(token) : 0;
}

function notJson(): GraphReply {
  return errorReply(
    400,
    'BadRequest',
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
}

/** Undefined when the text is not JSON. */
function parsed(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    return undefined;
  }
}
