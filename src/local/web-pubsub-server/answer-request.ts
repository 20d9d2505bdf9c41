import type { Connection } from './connection.ts';
import { deliverTo, type Connections } from './connections.ts';
import { ackFrame, parseRequest, PONG_FRAME, type AckError, type ClientRequest } from './json-protocol.ts';
import { messageFromGroup } from './outbound-message.ts';
import { isPermitted } from './roles.ts';

/** Invalid payload, the code the service closes with when a text is not a request of the subprotocol. */
const INVALID_PAYLOAD = 1007;
const WRONG_FRAME_TYPE = 1003;

/** What a client sent, carried out and answered. A frame that is no request ends its connection, never the process. */
export function answerRequest(
  connections: Connections,
  connection: Connection,
  data: Buffer,
  isBinary: boolean,
): void {
  if (isBinary) return connection.close(WRONG_FRAME_TYPE, 'The JSON subprotocols take text frames only.');
  const request = parseRequest(data.toString());
  if (request === null)
    return connection.close(INVALID_PAYLOAD, 'The message is not a request of the JSON subprotocol.');
  if (request.type === 'ping') return connection.sendControl(PONG_FRAME);
  if (request.type === 'sequenceAck') return connection.acknowledge(request.sequenceId);
  const { ackId } = request;
  if (ackId !== null && connection.acks.has(ackId)) {
    const message = `Message with ack-id: ${ackId} has been processed`;
    return connection.sendControl(ackFrame(ackId, { name: 'Duplicate', message }));
  }
  const error = carryOut(connections, connection, request);
  if (ackId === null) return;
  // A refused request may be tried again under the same id; only what was done is a duplicate.
  if (error === null) connection.acks.add(ackId);
  connection.sendControl(ackFrame(ackId, error));
}

function carryOut(
  connections: Connections,
  connection: Connection,
  request: Exclude<ClientRequest, { type: 'ping' | 'sequenceAck' }>,
): AckError | null {
  switch (request.type) {
    case 'joinGroup':
    case 'leaveGroup':
      if (!isPermitted(connection.roles, 'joinLeaveGroup', request.group))
        return forbidden('join or leave', request.group);
      if (request.type === 'joinGroup') connections.join(connection, request.group);
      else connections.leave(connection, request.group);
      return null;
    case 'sendToGroup': {
      const { group, payload, ttlSeconds, noEcho } = request;
      if (!isPermitted(connection.roles, 'sendToGroup', group)) return forbidden('send to', group);
      const excluded = new Set(noEcho ? [connection.id] : []);
      const message = messageFromGroup(group, connection.userId, payload, ttlSeconds);
      deliverTo(connections.inGroup(connection.hub, group), message, { excluded });
      return null;
    }
    case 'event':
      return { name: 'InternalServerError', message: 'The local server has no event handlers.' };
  }
}

function forbidden(what: string, group: string): AckError {
  return { name: 'Forbidden', message: `The client does not have permission to ${what} group '${group}'.` };
}
