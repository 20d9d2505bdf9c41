import { Value } from 'typebox/value';
import type { ClientConfig } from '../config/client-config.ts';
import { Problem } from '../http/schemas/common.ts';
import type { ApiRequest } from './api-request.ts';
import { CommandFailure, type CliDeps } from './deps.ts';

/** What was asked, of which hub. */
interface Asked {
  deps: CliDeps;
  config: ClientConfig;
  request: ApiRequest;
}

/** What a refusal says, and what to do about those that a person meets often. */
export async function failureOf(asked: Asked, response: Response): Promise<CommandFailure> {
  const { config, request } = asked;
  const { status } = response;
  const location = response.headers.get('location');
  if (status >= 300 && status < 400 && location !== null)
    return new CommandFailure(`${config.url} sends its callers on to ${location}.`, {
      status,
      remedy: 'Set HELIOGRAPH_URL to that address if it is your hub.',
    });
  const problem = parseJson(await response.text());
  if (!Value.Check(Problem, problem)) return notOurs(config.url, status);
  const { errors = [] } = problem;
  const [flaw, ...others] = errors.map((each) => `${nameIn(request, each.path)} ${each.message}.`.trim());
  // What was typed is called as it was typed; `detail` speaks of the request, which nobody here has seen.
  if (flaw !== undefined)
    return others.length === 0
      ? new CommandFailure(flaw, { status, exitCode: 2 })
      : new CommandFailure('The hub does not take these values.', {
          status,
          lines: [flaw, ...others],
          exitCode: 2,
        });
  const remedy = remedyOf(asked, problem);
  return new CommandFailure(problem.detail, { status, ...(remedy !== undefined && { remedy }) });
}

/** `/changeTypes/0` of a body is what was given as `--change-types`. */
function nameIn({ query = {}, body = {}, argument }: ApiRequest, path: string): string {
  const name = path.split('/').find((step) => step !== '') ?? '';
  return name !== argument && (name in query || name in body)
    ? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    : name;
}

function remedyOf(
  { deps, config, request }: Asked,
  problem: Problem & Record<string, unknown>,
): string | undefined {
  const { remedy, key, oldest } = problem;
  if (typeof remedy === 'string') return remedy;
  if (problem.status === 401) {
    return config.apiKey === null
      ? `The hub does not know the API key in ${config.apiKeyFile ?? 'use'}. Set DATA_DIR to that of the hub, or HELIOGRAPH_API_KEY to a key it knows.`
      : 'The hub does not know the API key that is set. Set HELIOGRAPH_API_KEY to one it knows.';
  }
  if (problem.status === 403) return 'Set HELIOGRAPH_API_KEY to a key with the role that this takes.';
  if (problem.status === 409 && typeof key === 'string')
    return `To see it: ${deps.calledAs} subscriptions show ${key}`;
  if (problem.status === 404) return request.notFound;
  if (problem.status === 410 && (typeof oldest === 'string' || typeof oldest === 'number'))
    return `The oldest event that is kept is ${oldest}.`;
  if (problem.status === 429 || problem.status === 503) return 'Try again in a moment.';
  return undefined;
}

export function notOurs(url: string, status: number): CommandFailure {
  return new CommandFailure(
    `What answers at ${url} (${status}) does not speak as a hub of this version does.`,
    {
      status,
      remedy: 'Check HELIOGRAPH_URL, and that the hub and this command line are of the same version.',
    },
  );
}

export function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}
