import type { TokenCredential } from '@azure/identity';
import {
  AuthenticationHandler,
  Client,
  ResponseType,
  TelemetryHandler,
  type Context,
  type GraphRequest,
  type Middleware,
} from '@microsoft/microsoft-graph-client';
import { messageOf } from '../../core/errors.ts';
import type { GraphAnswer } from '../../ports/graph-api.ts';
import { accessToken } from './access-token.ts';
import { graphAnswer, NOT_GRAPH } from './graph-answer.ts';

/** One call of Graph. `path` is relative to the version, or a link that Graph gave. */
export interface GraphCall {
  method: 'get' | 'post' | 'patch' | 'delete';
  path: string;
  body?: object;
  headers?: Readonly<Record<string, string>>;
  /** For the token and the answer together. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface CallDeps {
  graphUrl: string;
  scope: string;
  now: () => number;
}

/**
 * Calls Graph once, through Microsoft's client without its retries: of the chain of handlers it brings, only those for the
 * token and for telemetry are used. Never throws for what Graph, the authority or the network did.
 */
export async function callGraph(
  deps: CallDeps,
  credential: TokenCredential,
  call: GraphCall,
): Promise<GraphAnswer<unknown>> {
  const timeout = AbortSignal.timeout(call.timeoutMs);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  const token = await accessToken(credential, deps.scope, signal);
  if (token.status !== 'ok') return signal.aborted ? gaveUp(call, timeout) : token;
  try {
    const response = await send(request(deps, token.value, call, signal), call);
    const text = await response.text();
    const body = parsed(text);
    if (response.ok && text !== '' && body === undefined) return NOT_GRAPH;
    const header = (name: string) => response.headers.get(name);
    return graphAnswer({ status: response.status, header, body }, deps.now());
  } catch (error) {
    return signal.aborted
      ? gaveUp(call, timeout)
      : { status: 'unreachable', message: `Graph cannot be reached: ${messageOf(error)}` };
  }
}

function request(deps: CallDeps, token: string, call: GraphCall, signal: AbortSignal): GraphRequest {
  const client = Client.initWithMiddleware({
    baseUrl: deps.graphUrl,
    /** Without the port: the client compares host names, and sends the token to no other. */
    customHosts: new Set([new URL(deps.graphUrl).hostname]),
    middleware: [
      new AuthenticationHandler({ getAccessToken: () => Promise.resolve(token) }),
      new TelemetryHandler(),
      wire,
    ],
  });
  return client
    .api(call.path)
    .headers({ ...call.headers })
    .option('signal', signal)
    .responseType(ResponseType.RAW);
}

async function send(request: GraphRequest, call: GraphCall): Promise<Response> {
  switch (call.method) {
    case 'get':
      return (await request.get()) as Response;
    case 'post':
      return (await request.post(call.body)) as Response;
    case 'patch':
      return (await request.patch(call.body)) as Response;
    case 'delete':
      return (await request.delete()) as Response;
  }
}

/** Sends the request. The client keeps of a failure only its message, so the cause goes into that. */
const wire: Middleware = {
  execute: async (context: Context) => {
    try {
      context.response = await fetch(context.request, context.options);
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new Error(causeOf(cause), { cause: error });
    }
  },
};

/** A connection that fails at several addresses is an AggregateError, whose own message is empty. */
function causeOf(cause: unknown): string {
  const first = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  return messageOf(first);
}

function gaveUp(call: GraphCall, timeout: AbortSignal): GraphAnswer<never> {
  return {
    status: 'unreachable',
    message: timeout.aborted ? `Graph gave no answer within ${call.timeoutMs} ms` : 'The call was given up.',
  };
}

/** Undefined for an empty body and for one that is not JSON, such as a proxy's page. */
function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
