import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { HubError, type ErrorCode, type Flaw } from '../core/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { loggedFault, loggedReason } from './logged-fault.ts';
import type { Outages } from './outages.ts';
import type { Problem } from './schemas/common.ts';
import { flawsOfValidation } from './validation.ts';

/*
 * Every refusal and every fault is a problem document (RFC 9457): `code` is what programs match on, `detail` says what to do.
 * A fault of ours shows its request id and nothing of its inside, which is in the log under the same id.
 */

export const PROBLEM_TYPE = 'application/problem+json';
/** What somebody who was told 503 should wait before the next try. */
const RETRY_AFTER_SECONDS = '10';

function problemOf(error: HubError, requestId: string, nowMs: number): Problem {
  return {
    ...error.extra,
    type: `urn:heliograph:problem:${error.code}`,
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    code: error.code,
    requestId,
    timestamp: new Date(nowMs).toISOString(),
    ...(error.flaws.length > 0 && { errors: error.flaws.map(({ path, message }) => ({ path, message })) }),
  };
}

export interface ProblemDeps {
  clock: Clock;
  log: Log;
  outages: Pick<Outages, 'refused'>;
}

/** Answers what was thrown. Our own faults are logged here, once, and nowhere else; what is away is told of by `outages`. */
export function sendProblem(
  deps: ProblemDeps,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = asHubError(thrown);
  if (error.status >= 500) {
    const { cause = error } = error;
    const fields = { requestId: request.id, method: request.method, route: request.routeOptions.url };
    if (error.status === 503) deps.outages.refused(error.code, { ...fields, reason: loggedReason(cause) });
    else deps.log.error({ ...fields, code: error.code, err: loggedFault(cause) }, 'http.failed');
  }
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer');
  if (error.status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply
    .code(error.status)
    .header('x-request-id', request.id)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problemOf(error, request.id, deps.clock.now())));
}

/** What Fastify found wrong with a request, in our codes; anything unknown is a fault of ours. */
function asHubError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown;
  const { validation, validationContext, statusCode = 500 } = isOfFastify(thrown) ? thrown : {};
  if (validation !== undefined) return badInput(flawsOfValidation(validation, validationContext));
  const refusal = REFUSALS[statusCode] ?? (statusCode >= 400 && statusCode < 500 ? UNSERVED : undefined);
  if (refusal !== undefined) return new HubError(...refusal, { cause: thrown });
  return new HubError('internal', 'Something went wrong here. The log has it under this requestId.', {
    cause: thrown,
  });
}

const REFUSALS: Readonly<Record<number, [code: ErrorCode, message: string]>> = {
  400: ['bad_request', 'The request cannot be read: check its JSON, its length and its address.'],
  403: ['forbidden', 'That address is not served.'],
  404: ['not_found', 'There is nothing at this address.'],
  413: ['body_too_large', 'The body is too large.'],
  414: ['bad_request', 'The address is too long.'],
  415: ['unsupported_media_type', 'Send the body as application/json, without a content encoding.'],
};

/** A `Range` beyond the end of a file, a precondition that does not hold: whatever else is wrong is the caller's too. */
const UNSERVED: [code: ErrorCode, message: string] = [
  'bad_request',
  'What the headers of the request ask for cannot be given: leave out Range and the preconditions (If-Match …).',
];

/** `detail` is a sentence for a person; `errors[]` keeps the paths as they are. */
export function badInput(flaws: readonly Flaw[]): HubError {
  const words = flaws.map(({ path, message }) => `${inWords(path)} ${message}`.trim()).join('; ');
  return new HubError('bad_request', `The request is not valid: ${words}.`, { flaws });
}

/** `/changeTypes/0` is `changeTypes[0]` to a person. */
function inWords(path: string): string {
  if (!path.startsWith('/')) return path;
  const steps = path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.map((step, at) => (at === 0 ? step : /^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
}

export function notFound(what: string): HubError {
  return new HubError('not_found', what);
}

/**
 * Whether it is about the request: Fastify's own, a body that was cut off, or the static files' (`http-errors`). The status of any other error is somebody else's
 * answer (a client library's, say), and not ours to give.
 */
function isOfFastify(thrown: unknown): thrown is FastifyError {
  if (!(thrown instanceof Error)) return false;
  if ('expose' in thrown && typeof thrown.expose === 'boolean') return true;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return code.startsWith('FST_') || code === 'ECONNRESET';
}
