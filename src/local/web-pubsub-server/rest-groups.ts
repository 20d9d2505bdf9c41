import type { Connection } from './connection.ts';
import { isGroupName } from './names.ts';
import {
  badRequest,
  countOf,
  NO_CONTENT,
  notFound,
  OK,
  type RestAnswer,
  type RestCall,
} from './rest-call.ts';
import { filterOf } from './rest-sends.ts';

const MAX_PAGE = 200;
const MAX_TOP = 2_147_483_647;

export function groupExists(call: RestCall): RestAnswer {
  return existence(call.connections.inGroup(call.hub, call.group).size > 0, `Group '${call.group}'`);
}

export function addConnectionToGroup(call: RestCall): RestAnswer {
  const connection = call.connections.find(call.hub, call.connectionId);
  if (connection !== null) call.connections.join(connection, call.group);
  return existence(connection !== null, `Connection '${call.connectionId}'`);
}

export function removeConnectionFromGroup(call: RestCall): RestAnswer {
  const connection = call.connections.find(call.hub, call.connectionId);
  if (connection !== null) call.connections.leave(connection, call.group);
  return NO_CONTENT;
}

export function removeConnectionFromAllGroups(call: RestCall): RestAnswer {
  const connection = call.connections.find(call.hub, call.connectionId);
  if (connection !== null) call.connections.leaveAll(connection);
  return NO_CONTENT;
}

export function addUserToGroup(call: RestCall): RestAnswer {
  const connections = call.connections.ofUser(call.hub, call.userId);
  for (const connection of connections) call.connections.join(connection, call.group);
  return existence(connections.size > 0, `A connection of user '${call.userId}'`);
}

export function removeUserFromGroup(call: RestCall): RestAnswer {
  for (const connection of call.connections.ofUser(call.hub, call.userId))
    call.connections.leave(connection, call.group);
  return NO_CONTENT;
}

export function removeUserFromAllGroups(call: RestCall): RestAnswer {
  for (const connection of call.connections.ofUser(call.hub, call.userId))
    call.connections.leaveAll(connection);
  return NO_CONTENT;
}

export function addToGroups(call: RestCall): RestAnswer {
  return changeGroups(call, (connection, group) => call.connections.join(connection, group));
}

export function removeFromGroups(call: RestCall): RestAnswer {
  return changeGroups(call, (connection, group) => call.connections.leave(connection, group));
}

/** Pages in the order of connection ids; the token is the last id of a page. */
export function listConnectionsInGroup(call: RestCall): RestAnswer {
  const pageSize = countOf(call.query, 'maxpagesize', { min: 1, max: MAX_PAGE, fallback: MAX_PAGE });
  const top = countOf(call.query, 'top', { min: 1, max: MAX_TOP, fallback: MAX_TOP });
  if (pageSize === null) return badRequest(`maxpagesize has to be 1 to ${MAX_PAGE}.`);
  if (top === null) return badRequest(`top has to be 1 to ${MAX_TOP}.`);
  const after = call.query.get('continuationToken') ?? '';
  const rest = [...call.connections.inGroup(call.hub, call.group)]
    .filter((connection) => connection.id > after)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = rest.slice(0, Math.min(pageSize, top));
  const last = page.at(-1);
  const isLast = last === undefined || page.length === rest.length || page.length === top;
  const value = page.map(({ id, userId }) => ({ connectionId: id, userId }));
  if (isLast) return { status: 200, json: { value } };
  const query = new URLSearchParams({
    'api-version': call.query.get('api-version') ?? '',
    maxpagesize: String(pageSize),
    ...(call.query.has('top') ? { top: String(top - page.length) } : {}),
    continuationToken: last.id,
  });
  return { status: 200, json: { value, nextLink: `${call.origin}${call.path}?${query.toString()}` } };
}

function changeGroups(call: RestCall, change: (connection: Connection, group: string) => void): RestAnswer {
  const { groups, filter: text } = bodyOf(call.body);
  if (!isGroupList(groups)) return badRequest('groups has to be a list of one or more group names.');
  if (typeof text !== 'string') return badRequest('filter has to say which connections are meant.');
  const filter = filterOf(text);
  if (typeof filter === 'string') return badRequest(filter);
  for (const connection of call.connections.inHub(call.hub))
    if (filter?.(connection) !== false) for (const group of groups) change(connection, group);
  return OK;
}

function bodyOf(body: Buffer): { groups?: unknown; filter?: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function isGroupList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((each) => typeof each === 'string' && isGroupName(each))
  );
}

function existence(exists: boolean, what: string): RestAnswer {
  return exists ? OK : notFound(`${what} does not exist.`);
}
