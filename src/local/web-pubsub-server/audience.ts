import type { IncomingMessage } from 'node:http';

/** The origin a caller used, as it stands in the audience of the tokens it makes. */
export function originOf(request: IncomingMessage): string {
  return `http://${request.headers.host ?? ''}`;
}

/**
 * The audiences that name this request: its URL, with or without the query. The SDK signs the query too, the documentation
 * leaves it out.
 */
export function audiencesOf(request: IncomingMessage): string[] {
  const url = request.url ?? '/';
  const [path = '/'] = url.split('?', 1);
  return [`${originOf(request)}${url}`, `${originOf(request)}${path}`];
}
