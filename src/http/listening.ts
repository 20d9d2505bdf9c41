import { once } from 'node:events';
import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { HubError, messageOf } from '../core/errors.ts';

/** Where an app listens. Port 0 is any that is free. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** Listens. @returns the address on this machine, an http URL. Throws `configuration` when it cannot. */
export async function listen(app: FastifyInstance, at: ListenAddress): Promise<string> {
  try {
    await app.listen({ host: at.host, port: at.port, listenTextResolver: () => 'http.listening' });
  } catch (error) {
    throw cannotListen(at, error);
  }
  const bound = app.server.address();
  // What listens everywhere is reached on loopback from this machine.
  const host = at.host === '0.0.0.0' || at.host === '::' ? '127.0.0.1' : at.host;
  return `http://${inUrl(host)}:${typeof bound === 'object' && bound !== null ? bound.port : at.port}`;
}

/**
 * Throws what `listen` would throw, before anything is done that cannot be undone: a start that is bound to fail must not migrate the
 * database first. The address is given back at once. Held until the app is ready, it would leave Graph waiting rather than refused.
 */
export async function requireFreeAddress(at: ListenAddress): Promise<void> {
  const probe = createServer();
  try {
    probe.listen({ host: at.host, port: at.port });
    await once(probe, 'listening');
  } catch (error) {
    throw cannotListen(at, error);
  }
  probe.close();
  await once(probe, 'close');
}

/** A host as it stands in a URL. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function cannotListen({ host, port }: ListenAddress, cause: unknown): HubError {
  return new HubError(
    'configuration',
    `The hub cannot listen on ${host}:${port} (${messageOf(cause)}). ${remedyOf(cause)}`,
    { cause },
  );
}

function remedyOf(cause: unknown): string {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'EADDRINUSE':
      return 'Stop what is there, or set another PORT.';
    case 'EACCES':
      return 'Set another PORT: those below 1024 take a right that this process does not have.';
    default:
      return 'Set HOST to an address of this machine.';
  }
}
