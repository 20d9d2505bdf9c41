import type { RestHandler, RestParams } from './rest-call.ts';
import * as connections from './rest-connections.ts';
import * as groups from './rest-groups.ts';
import * as sends from './rest-sends.ts';

/*
 * The data plane of Azure Web PubSub, api-version 2024-12-01.
 * https://github.com/Azure/azure-rest-api-specs/tree/main/specification/webpubsub/data-plane/WebPubSub
 */

interface Route {
  method: string;
  /** A name in braces takes one segment of the path. */
  segments: readonly string[];
  handler: RestHandler;
}

const ROUTES: readonly Route[] = [
  route('POST', ':send', sends.sendToAll),
  route('POST', 'groups/{group}/:send', sends.sendToGroup),
  route('POST', 'users/{userId}/:send', sends.sendToUser),
  route('POST', 'connections/{connectionId}/:send', sends.sendToConnection),
  route('POST', ':generateToken', connections.generateToken),
  route('POST', ':closeConnections', connections.closeAllConnections),
  route('POST', 'groups/{group}/:closeConnections', connections.closeGroupConnections),
  route('POST', 'users/{userId}/:closeConnections', connections.closeUserConnections),
  route('DELETE', 'connections/{connectionId}', connections.closeConnection),
  route('HEAD', 'connections/{connectionId}', connections.connectionExists),
  route('HEAD', 'users/{userId}', connections.userExists),
  route('HEAD', 'groups/{group}', groups.groupExists),
  route('GET', 'groups/{group}/connections', groups.listConnectionsInGroup),
  route('PUT', 'groups/{group}/connections/{connectionId}', groups.addConnectionToGroup),
  route('DELETE', 'groups/{group}/connections/{connectionId}', groups.removeConnectionFromGroup),
  route('DELETE', 'connections/{connectionId}/groups', groups.removeConnectionFromAllGroups),
  route('PUT', 'users/{userId}/groups/{group}', groups.addUserToGroup),
  route('DELETE', 'users/{userId}/groups/{group}', groups.removeUserFromGroup),
  route('DELETE', 'users/{userId}/groups', groups.removeUserFromAllGroups),
  route('POST', ':addToGroups', groups.addToGroups),
  route('POST', ':removeFromGroups', groups.removeFromGroups),
  route('PUT', 'permissions/{permission}/connections/{connectionId}', connections.grantPermission),
  route('DELETE', 'permissions/{permission}/connections/{connectionId}', connections.revokePermission),
  route('HEAD', 'permissions/{permission}/connections/{connectionId}', connections.checkPermission),
];

export type RouteMatch =
  | { status: 'route'; handler: RestHandler; params: RestParams }
  | { status: 'wrong_method'; allowed: string[] }
  | { status: 'not_found' }
  | { status: 'malformed' };

/** @param path as it came, percent-encoded */
export function matchRoute(method: string, path: string): RouteMatch {
  const given = path.slice(1).split('/');
  const fitting = ROUTES.filter(({ segments }) => fits(segments, given));
  if (fitting.length === 0) return { status: 'not_found' };
  const found = fitting.find((each) => each.method === method);
  if (found === undefined) return { status: 'wrong_method', allowed: fitting.map((each) => each.method) };
  const params = paramsOf(found.segments, given);
  return params === null ? { status: 'malformed' } : { status: 'route', handler: found.handler, params };
}

function route(method: string, path: string, handler: RestHandler): Route {
  return { method, segments: `api/hubs/{hub}/${path}`.split('/'), handler };
}

function fits(segments: readonly string[], given: readonly string[]): boolean {
  return (
    segments.length === given.length &&
    segments.every((segment, index) =>
      segment.startsWith('{') ? given[index] !== '' : segment === given[index],
    )
  );
}

function paramsOf(segments: readonly string[], given: readonly string[]): RestParams | null {
  const params: RestParams & Record<string, string> = {
    hub: '',
    group: '',
    userId: '',
    connectionId: '',
    permission: '',
  };
  try {
    for (const [index, segment] of segments.entries())
      if (segment.startsWith('{')) params[segment.slice(1, -1)] = decodeURIComponent(given[index] ?? '');
    return params;
  } catch {
    return null;
  }
}
