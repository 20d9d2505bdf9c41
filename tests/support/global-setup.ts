import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import type { OwnServer } from './own-server.ts';
import { ownPostgres } from './own-postgres.ts';
import { ownRedis } from './own-redis.ts';
import { ensureProgram } from './programs.ts';

/*
 * The servers all suites share, one of each kind for the whole run. They are started when the first suite asks for them, so that
 * the pure tests wait for nothing: the suites ask over HTTP, `GET /postgres` or `GET /redis`, and are answered with the URL.
 * Each answer for Redis names another database number.
 */

declare module 'vitest' {
  interface ProvidedContext {
    services: {
      /** Where to ask for the shared servers. */
      broker: string;
      /** Whether the program is on this machine. */
      postgres: boolean;
      redis: boolean;
    };
  }
}

const running: OwnServer[] = [];
let redisDatabases = 0;
const postgres = lazily(() => ownPostgres({ durable: false }));
const redis = lazily(() => ownRedis({ durable: false }));
const urls: Record<string, () => Promise<string>> = {
  '/postgres': async () => (await postgres()).url,
  '/redis': async () => `${(await redis()).url}/${redisDatabases++}`,
};

const broker = createServer((request, response) => {
  const url = urls[request.url ?? ''];
  if (url === undefined) response.writeHead(404).end();
  else
    url().then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
});

export async function setup(project: TestProject): Promise<void> {
  const present = { postgres: ensureProgram('postgres'), redis: ensureProgram('redis-server') };
  const missing = Object.entries(present).flatMap(([name, there]) => (there ? [] : [name]));
  if (missing.length > 0 && process.env['CI'] === 'true')
    throw new Error(`Under CI every suite has to run, but this machine has no ${missing.join(' and no ')}.`);
  broker.listen(0, '127.0.0.1');
  await once(broker, 'listening');
  const { port } = broker.address() as AddressInfo;
  project.provide('services', { broker: `http://127.0.0.1:${port}`, ...present });
}

export async function teardown(): Promise<void> {
  broker.close();
  broker.closeAllConnections();
  await Promise.all(running.map((server) => server.dispose()));
}

function lazily(start: () => Promise<OwnServer>): () => Promise<OwnServer> {
  let started: Promise<OwnServer> | undefined;
  return () =>
    (started ??= start().then((server) => {
      running.push(server);
      return server;
    }));
}
