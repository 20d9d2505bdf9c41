import { readFile } from 'node:fs/promises';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { loadClientConfig, type ClientConfig } from '../config/client-config.ts';
import { messageOf } from '../core/errors.ts';
import type { ApiRequest } from './api-request.ts';
import { failureOf, notOurs, parseJson } from './answered-failure.ts';
import { CommandFailure, type CliDeps } from './deps.ts';

/** Creating a subscription waits for Graph, which calls the hub back before it answers. */
const ANSWER_TIMEOUT_MS = 60_000;

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
    const response = await reach(deps, config, requestUrl(config.url, request), {
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
    if (!response.ok) throw await failureOf({ deps, config, request }, response);
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
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const why = missing ? 'does not exist' : `cannot be read (${messageOf(cause)})`;
    throw new CommandFailure(`There is no API key: ${apiKeyFile} ${why}.`, {
      remedy:
        'Start the hub here with `npm start`, which makes that file; or set HELIOGRAPH_URL and HELIOGRAPH_API_KEY ' +
        'to use a hub elsewhere, or DATA_DIR if this one keeps its data in another place.',
      cause,
    });
  }
}

async function reach(deps: CliDeps, config: ClientConfig, url: URL, init: RequestInit): Promise<Response> {
  try {
    return await deps.fetch(url, init);
  } catch (cause) {
    const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    const code = inner instanceof Error && 'code' in inner ? inner.code : null;
    const why = typeof code === 'string' ? code : messageOf(inner);
    throw new CommandFailure(`No hub answers at ${config.url} (${why}).`, {
      remedy:
        config.urlFrom === 'HELIOGRAPH_URL'
          ? 'HELIOGRAPH_URL names that address: correct it, or start a hub there with `npm start`.'
          : '`npm start` starts one. One that runs already is found by its PORT, set here as at its start, or by HELIOGRAPH_URL.',
      cause,
    });
  }
}
