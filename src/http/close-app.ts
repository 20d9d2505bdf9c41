import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long a closing server waits, counted from the begin of its closing. */
export interface CloseTiming {
  /** For requests to arrive whole: a sender that never finishes its request must not hold up the end. */
  arriveWithinMs: number;
  /** For requests that have arrived to be answered. */
  answerWithinMs: number;
}

const CLOSE_IDLE_EVERY_MS = 50;

/** The connections of a server, and what is being asked on each. Made before the server listens, for it must see all of them. */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #requests = new Map<Socket, IncomingMessage>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => {
        this.#open.delete(socket);
        this.#requests.delete(socket);
      });
    });
    server.on('request', (request, response) => {
      const { socket } = request;
      this.#requests.set(socket, request);
      response.once('close', () => {
        if (this.#requests.get(socket) === request) this.#requests.delete(socket);
      });
    });
  }

  /** Ends the connections that have no whole request. @returns how many requests were cut off: what never sent a byte had none */
  cutUnarrived(): number {
    const unarrived = [...this.#open].filter((socket) => this.#requests.get(socket)?.complete !== true);
    for (const socket of unarrived) socket.destroy();
    return unarrived.filter(({ bytesRead }) => bytesRead > 0).length;
  }
}

/**
 * Stops accepting and waits for the requests in flight. A connection that was busy when the server began to close would be kept for
 * another request, and the end would wait for it.
 * @returns false when requests were cut off
 */
export async function closeApp(
  app: FastifyInstance,
  connections: Connections,
  { arriveWithinMs, answerWithinMs }: CloseTiming,
): Promise<boolean> {
  let isWhole = true;
  const timers = [
    setInterval(() => app.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS),
    setTimeout(() => {
      if (connections.cutUnarrived() > 0) isWhole = false;
    }, arriveWithinMs),
    setTimeout(() => {
      isWhole = false;
      app.server.closeAllConnections();
    }, answerWithinMs),
  ];
  try {
    await app.close();
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
  return isWhole;
}
