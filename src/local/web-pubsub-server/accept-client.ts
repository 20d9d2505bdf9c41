import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import { answerRequest } from './answer-request.ts';
import { audiencesOf } from './audience.ts';
import { CLOSED_FOR_GOOD, Connection, type ConnectionDeps } from './connection.ts';
import type { Connections } from './connections.ts';
import { PLAIN_SUBPROTOCOL, RELIABLE_SUBPROTOCOL } from './json-protocol.ts';
import { isGroupName, isHubName } from './names.ts';
import type { Tokens } from './tokens.ts';

export interface AcceptDeps {
  tokens: Tokens;
  connections: Connections;
  websockets: WebSocketServer;
  connection: ConnectionDeps;
  log: Log;
}

const CLIENT_PATH = /^\/client\/hubs\/([^/]+)$/;

/** The subprotocol of a socket: the best of those the client offers, or false, which ends the handshake without one. */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | false {
  return [RELIABLE_SUBPROTOCOL, PLAIN_SUBPROTOCOL].find((each) => offered.has(each)) ?? false;
}

/**
 * A websocket at `/client/hubs/{hub}`: a new connection by its access token, or the recovery of one that lost its socket. What
 * cannot be recovered is accepted and closed with 1008, because a refused handshake would make the client try again for 30 s.
 */
export async function acceptClient(
  deps: AcceptDeps,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const reset = (error: Error): void => {
    deps.log.debug({ error: error.message }, 'web-pubsub.socket-lost');
  };
  socket.on('error', reset);
  const url = URL.parse(request.url ?? '', 'http://local');
  const hub = CLIENT_PATH.exec(url?.pathname ?? '')?.[1]?.toLowerCase();
  if (url === null || hub === undefined || !isHubName(hub)) return refuse(socket, 404);
  const offered = new Set((request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/));
  const subprotocol = chooseSubprotocol(offered);
  if (subprotocol === false) return refuse(socket, 400);

  const open = (onOpen: (websocket: WebSocket) => void): void => {
    socket.off('error', reset);
    deps.websockets.handleUpgrade(request, socket, head, onOpen);
  };
  const id = url.searchParams.get('awps_connection_id');
  if (id !== null) {
    const token = url.searchParams.get('awps_reconnection_token') ?? '';
    const connection = deps.connections.find(hub, id);
    const recovers = subprotocol === RELIABLE_SUBPROTOCOL && connection?.mayRecover(token) === true;
    return open((websocket) => {
      if (recovers && connection !== null) return serve(deps, connection, websocket);
      listenForErrors(deps, websocket);
      websocket.close(CLOSED_FOR_GOOD, 'The connection could not be recovered.');
    });
  }

  const token = url.searchParams.get('access_token') ?? bearerOf(request) ?? '';
  const grant = await deps.tokens.clientGrant(token, audiencesOf(request));
  if (grant === null) return refuse(socket, 401);
  if (!grant.groups.every(isGroupName)) return refuse(socket, 400);
  open((websocket) => {
    const connection = new Connection(deps.connection, hub, grant, subprotocol === RELIABLE_SUBPROTOCOL);
    deps.connections.add(connection, grant.groups);
    deps.log.debug({ connectionId: connection.id, hub, subprotocol }, 'web-pubsub.connected');
    serve(deps, connection, websocket);
  });
}

export function bearerOf(request: IncomingMessage): string | null {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

function serve(deps: AcceptDeps, connection: Connection, websocket: WebSocket): void {
  listenForErrors(deps, websocket);
  websocket.on('close', (code) => connection.detach(websocket, code));
  websocket.on('message', (data, isBinary) => {
    if (!connection.isSocket(websocket)) return;
    // `nodebuffer` is the default binary type of ws: one Buffer a message.
    answerRequest(deps.connections, connection, data as Buffer, isBinary);
  });
  connection.attach(websocket);
}

/** A frame that breaks the websocket protocol, or is too large, is an error event; ws closes the socket itself. */
function listenForErrors(deps: AcceptDeps, websocket: WebSocket): void {
  websocket.on('error', (error) => {
    deps.log.debug({ error: messageOf(error) }, 'web-pubsub.socket-failed');
  });
}

function refuse(socket: Duplex, status: number): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
