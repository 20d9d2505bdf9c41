import { readFile } from 'node:fs/promises';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { loadClientConfig, type ClientConfig } from '../config/client-config.ts';
import { messageOf } from '../core/errors.ts';
import { Problem } from '../http/schemas/common.ts';
import { CommandFailure, type CliDeps } from './deps.ts';

/** Creating a subscription waits for Graph, which calls the hub back before it answers. */
const ANSWER_TIMEOUT_MS = 60_000;

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v1`. */
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
}

/** An answer of the hub: what it means, and its text as it came. */
export interface ApiAnswer<T> {
  status: number;
  body: T;
  text: string;
}

/** The hub's HTTP API as a client sees it. Whatever is not a 2xx is thrown as a `CommandFailure` with a remedy. */
export interface ApiClient {
  ask<Schema extends TSchema>(schema: Schema, request: ApiRequest): Promise<ApiAnswer<Static<Schema>>>;
  /** Opens a stream of server-sent events. */
  open(
    request: ApiRequest,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response>;
}

export async function connectToHub(deps: CliDeps): Promise<ApiClient> {
  const config = loadClientConfig({ env: deps.env, dotenv: deps.dotenv });
  const key = await apiKeyOf(config);
  const send = async (request: ApiRequest, headers: Record<string, string>, signal: AbortSignal) => {
    const response = await reach(deps, config.url, requestUrl(config.url, request), {
      method: request.method ?? 'GET',
      headers: {
        authorization: `Bearer ${key}`,
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      redirect: 'manual',
      signal,
    });
    if (!response.ok) throw await failureOf(response, config);
    return response;
  };
  return {
    ask: async (schema, request) => {
      const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
      const response = await send(request, { accept: 'application/json' }, signal);
      const text = await response.text();
      const body = parseJson(text);
      if (!Value.Check(schema, body)) throw notOurs(config.url, response.status);
      return { status: response.status, body, text };
    },
    open: (request, headers, signal) => send(request, { accept: 'text/event-stream', ...headers }, signal),
  };
}

function requestUrl(base: string, { path, query = {} }: ApiRequest): URL {
  const url = new URL(`${base}/api/v1${path}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

async function apiKeyOf({ url, apiKey, apiKeyFile }: ClientConfig): Promise<string> {
  if (apiKey !== null) return apiKey;
  if (apiKeyFile === null)
    throw new CommandFailure(`There is no API key for ${url}.`, {
      remedy: 'Set HELIOGRAPH_API_KEY. (The bootstrap key of this host is sent to a hub on this host only.)',
    });
  try {
    return (await readFile(apiKeyFile, 'utf8')).trim();
  } catch (cause) {
    throw new CommandFailure(`There is no API key: ${apiKeyFile} cannot be read (${messageOf(cause)}).`, {
      remedy:
        'Start the hub here with `npm start`, which makes that file; or set HELIOGRAPH_URL and HELIOGRAPH_API_KEY ' +
        'to use a hub elsewhere, or DATA_DIR if this one keeps its data in another place.',
      cause,
    });
  }
}

async function reach(deps: CliDeps, base: string, url: URL, init: RequestInit): Promise<Response> {
  try {
    return await deps.fetch(url, init);
  } catch (cause) {
    const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    const why = inner instanceof Error && 'code' in inner ? String(inner.code) : messageOf(inner);
    throw new CommandFailure(`No hub answers at ${base} (${why}).`, {
      remedy: 'Start one with `npm start`, or set HELIOGRAPH_URL to where it runs.',
      cause,
    });
  }
}

/** What a refusal says, and what to do about those that a person meets often. */
async function failureOf(response: Response, config: ClientConfig): Promise<CommandFailure> {
  const { status } = response;
  const location = response.headers.get('location');
  if (status >= 300 && status < 400 && location !== null)
    return new CommandFailure(`${config.url} sends its callers on to ${location}.`, {
      status,
      remedy: 'Set HELIOGRAPH_URL to that address if it is your hub.',
    });
  const problem = parseJson(await response.text());
  if (!Value.Check(Problem, problem)) return notOurs(config.url, status);
  // The detail may have said some of them already.
  const lines = (problem.errors ?? [])
    .filter(({ message }) => !problem.detail.includes(message))
    .map(({ path, message }) => `${path}: ${message}`);
  const remedy = remedyOf(problem, config);
  return new CommandFailure(problem.detail, { status, lines, ...(remedy !== undefined && { remedy }) });
}

function remedyOf(problem: Problem & Record<string, unknown>, config: ClientConfig): string | undefined {
  const { remedy, key, oldest } = problem;
  if (typeof remedy === 'string') return remedy;
  if (problem.status === 401) {
    const which = config.apiKey === null ? `in ${config.apiKeyFile ?? 'use'}` : 'that is set';
    return `The hub does not know the API key ${which}. Set HELIOGRAPH_API_KEY to one it knows.`;
  }
  if (problem.status === 403) return 'Set HELIOGRAPH_API_KEY to a key with the role that this takes.';
  if (problem.status === 409 && typeof key === 'string')
    return `See it with \`heliograph subscriptions show ${key}\`.`;
  if (problem.status === 410 && (typeof oldest === 'string' || typeof oldest === 'number'))
    return `The oldest event that is kept is ${oldest}.`;
  if (problem.status === 429 || problem.status === 503) return 'Try again in a moment.';
  return undefined;
}

function notOurs(url: string, status: number): CommandFailure {
  return new CommandFailure(
    `What answers at ${url} (${status}) does not speak as a hub of this version does.`,
    {
      status,
      remedy: 'Check HELIOGRAPH_URL, and that the hub and this command line are of the same version.',
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}
