import { CLOSED_FOR_GOOD, type Connection } from './connection.ts';
import { isPermission, isPermitted, roleFor } from './roles.ts';
import {
  badRequest,
  countOf,
  NO_CONTENT,
  notFound,
  OK,
  type RestAnswer,
  type RestCall,
} from './rest-call.ts';
import { isGroupName } from './names.ts';

const MAX_MINUTES = 2_147_483_647;

export function connectionExists(call: RestCall): RestAnswer {
  const connection = call.connections.find(call.hub, call.connectionId);
  return connection === null ? notFound(`Connection '${call.connectionId}' does not exist.`) : OK;
}

export function userExists(call: RestCall): RestAnswer {
  const { size } = call.connections.ofUser(call.hub, call.userId);
  return size > 0 ? OK : notFound(`User '${call.userId}' has no connection.`);
}

export function closeConnection(call: RestCall): RestAnswer {
  const connection = call.connections.find(call.hub, call.connectionId);
  return close(call, connection === null ? [] : [connection]);
}

export function closeAllConnections(call: RestCall): RestAnswer {
  return close(call, call.connections.inHub(call.hub));
}

export function closeGroupConnections(call: RestCall): RestAnswer {
  return close(call, call.connections.inGroup(call.hub, call.group));
}

export function closeUserConnections(call: RestCall): RestAnswer {
  return close(call, call.connections.ofUser(call.hub, call.userId));
}

export function grantPermission(call: RestCall): RestAnswer {
  return withRole(call, (connection, role) => {
    connection.roles.add(role);
    return OK;
  });
}

export function revokePermission(call: RestCall): RestAnswer {
  return withRole(call, (connection, role) => {
    connection.roles.delete(role);
    return NO_CONTENT;
  });
}

export function checkPermission(call: RestCall): RestAnswer {
  return withRole(call, (connection) => {
    const target = call.query.get('targetName');
    const has = isPermission(call.permission) && isPermitted(connection.roles, call.permission, target);
    return has ? OK : notFound('The connection does not have this permission.');
  });
}

/** A client token, for callers that do not hold the access key themselves. */
export async function generateToken(call: RestCall): Promise<RestAnswer> {
  const minutes = countOf(call.query, 'minutesToExpire', { min: 1, max: MAX_MINUTES, fallback: 60 });
  if (minutes === null) return badRequest('minutesToExpire has to be 1 or more.');
  const groups = call.query.getAll('group');
  if (!groups.every(isGroupName)) return badRequest('group has to be the name of a group.');
  if ((call.query.get('clientType') ?? 'Default').toLowerCase() !== 'default')
    return badRequest('This local server has clients of type Default only.');
  const grant = { userId: call.query.get('userId'), roles: call.query.getAll('role'), groups };
  // The client's URL has the hub's name as the caller wrote it.
  const hub = call.path.split('/')[3] ?? '';
  const token = await call.tokens.issueClientToken(`${call.origin}/client/hubs/${hub}`, grant, minutes);
  return { status: 200, json: { token } };
}

function close(call: RestCall, connections: Iterable<Connection>): RestAnswer {
  const excluded = call.query.getAll('excluded');
  const reason = call.query.get('reason') ?? 'Closed by the server.';
  for (const connection of connections)
    if (!excluded.includes(connection.id)) connection.close(CLOSED_FOR_GOOD, reason);
  return NO_CONTENT;
}

function withRole(call: RestCall, act: (connection: Connection, role: string) => RestAnswer): RestAnswer {
  if (!isPermission(call.permission))
    return badRequest('The permission has to be joinLeaveGroup or sendToGroup.');
  const connection = call.connections.find(call.hub, call.connectionId);
  if (connection === null) return notFound(`Connection '${call.connectionId}' does not exist.`);
  return act(connection, roleFor(call.permission, call.query.get('targetName')));
}
