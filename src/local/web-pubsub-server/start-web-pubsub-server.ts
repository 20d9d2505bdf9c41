import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { HubError, messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import { acceptClient, chooseSubprotocol, type AcceptDeps } from './accept-client.ts';
import { Connections } from './connections.ts';
import { keepAlive } from './keep-alive.ts';
import { MAX_PAYLOAD_BYTES } from './payload.ts';
import { serveRest } from './rest.ts';
import { accessKeyTokens } from './tokens.ts';

/** How long the service keeps a connection whose socket is lost. */
const RECOVERY_WINDOW_MS = 30_000;
/** Longer than an idle gap between two sends of a keep-alive client, which would otherwise find its connection reset. */
const KEEP_ALIVE_MS = 65_000;
const GOING_AWAY = 1001;

export interface WebPubSubServerOptions {
  /** Any free one when left out. */
  port?: number;
  /** 127.0.0.1 when left out. */
  host?: string;
  accessKey: string;
  log: Log;
  /** 30 s, as in Azure, when left out. */
  recoveryWindowMs?: number;
}

export interface WebPubSubServer {
  connectionString: string;
  /** `http://host:port`, without a trailing slash. */
  endpoint: string;
  port: number;
  stats(): WebPubSubServerStats;
  /** Cuts sockets as a network would, all or one connection's; returns how many. */
  dropSockets(connectionId?: string): number;
  close(): Promise<void>;
}

interface WebPubSubServerStats {
  /** Those with a socket. */
  connected: number;
  /** Those that lost their socket and may come back. */
  recovering: number;
  groups: number;
  /** What sockets have not taken yet. */
  socketBytes: number;
}

/**
 * Starts a server that speaks as Azure Web PubSub does: the REST data plane and the JSON subprotocols, plain and reliable, to
 * callers with an access key. Everything is in memory: after a restart no client can recover, as after an outage of Azure's.
 * Throws HubError `configuration` when the port cannot be had.
 */
export async function startWebPubSubServer(options: WebPubSubServerOptions): Promise<WebPubSubServer> {
  const { accessKey, log, host = '127.0.0.1', recoveryWindowMs = RECOVERY_WINDOW_MS } = options;
  const tokens = await accessKeyTokens(accessKey);
  const connections = new Connections();
  const websockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    handleProtocols: chooseSubprotocol,
  });
  const accept: AcceptDeps = {
    tokens,
    connections,
    websockets,
    log,
    connection: {
      recoveryWindowMs,
      gone(connection, reason) {
        connections.remove(connection);
        log.debug({ connectionId: connection.id, hub: connection.hub, reason }, 'web-pubsub.disconnected');
      },
    },
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void serveRest(accept, request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    acceptClient(accept, request, socket, head).catch((error: unknown) => {
      log.error({ error: messageOf(error) }, 'web-pubsub.accept-failed');
      socket.destroy();
    });
  });
  const port = await listen(server, options.port ?? 0, host);
  const stopKeepAlive = keepAlive(websockets);
  const endpoint = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

  return {
    connectionString: `Endpoint=${endpoint};AccessKey=${accessKey};Version=1.0;`,
    endpoint,
    port,

    stats() {
      const all = [...connections.all()];
      const connected = all.filter((connection) => connection.isConnected).length;
      return {
        connected,
        recovering: all.length - connected,
        groups: connections.groupCount,
        socketBytes: all.reduce((sum, connection) => sum + connection.socketBytes, 0),
      };
    },

    dropSockets(connectionId) {
      const meant = [...connections.all()].filter(
        ({ id }) => connectionId === undefined || id === connectionId,
      );
      return meant.filter((connection) => connection.dropSocket()).length;
    },

    async close() {
      stopKeepAlive();
      for (const connection of connections.all()) connection.close(GOING_AWAY, 'The server is going away.');
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      for (const websocket of websockets.clients) websocket.terminate();
      await closed;
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `The local Web PubSub server cannot listen on ${host}:${port}: ${cause.message}. Give it another port.`;
      reject(new HubError('configuration', message, { cause }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
