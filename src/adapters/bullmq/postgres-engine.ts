import { setTimeout as pause } from 'node:timers/promises';
import { Queue, Worker, type BackendFactory, type PostgresConnectionOptions } from 'bullmq';
import type { QueueName } from '../../ports/queue.ts';
import { HubError } from '../../core/errors.ts';
import type { ConnectionWatcher, Engine } from './engine.ts';
import { bullName, WORKER_TIMES } from './job.ts';
import { DRAIN_DELAY_S, SharedBackend, SharedConnection } from './shared-postgres.ts';
import { within } from '../../core/within.ts';

/** The embedded database's NOTIFY never arrives; wakes of this process do, so this is for stalled jobs and the like. */
const EMBEDDED_DRAIN_DELAY_S = 0.5;
const START_AGAIN_MS = 1_000;
/** How long the close waits for a connection that is being made. */
const CONNECTED_MS = 3_000;

export interface PostgresEngineOptions {
  postgresUrl: string;
  schema: string;
  embedded: boolean;
}

/** BullMQ on Postgres 14 or newer, or on the embedded one. */
export function postgresEngine(options: PostgresEngineOptions, watcher: ConnectionWatcher): Engine {
  const { postgresUrl, schema, embedded } = options;
  const closed = new AbortController();
  const workers = new Map<QueueName, Set<SharedBackend>>();
  let connection: SharedConnection | null = null;

  const connect = async (): Promise<void> => {
    for (;;) {
      closed.signal.throwIfAborted();
      const attempt = new SharedConnection({
        connectionString: postgresUrl,
        schema,
        migrate: true,
        // A hint that a crash loses is made up for by the sweep, so no wake waits for the disk.
        options: '-c synchronous_commit=off',
        max: embedded ? 2 : 5,
        connectionTimeoutMillis: 5_000,
        query_timeout: 10_000,
        idleTimeoutMillis: 60_000,
        keepAlive: true,
      });
      attempt.on('error', watcher.failed);
      // BullMQ makes its tables on a client whose errors nobody hears: one that loses its connection would end the process.
      attempt.pool.on('connect', (client) => client.on('error', () => {}));
      attempt.on('listenerinvalidated', () => {
        for (const backend of [...workers.values()].flatMap((set) => [...set])) void backend.interrupt();
      });
      try {
        await attempt.waitUntilReady();
        connection = attempt;
        watcher.connected();
        return;
      } catch (error) {
        watcher.failed(error);
        await attempt.close();
        await pause(START_AGAIN_MS, undefined, { signal: closed.signal });
      }
    }
  };

  const connecting = connect();

  const established = (): SharedConnection => {
    if (connection === null) throw new HubError('queue_unavailable', 'Postgres was not reached yet.');
    return connection;
  };
  const backendOf =
    (queue: QueueName, isWorker: boolean): BackendFactory<SharedBackend, PostgresConnectionOptions> =>
    (name, opts) => {
      const backend = new SharedBackend(established(), name, opts, false);
      if (isWorker) {
        const all = workers.get(queue) ?? new Set();
        workers.set(queue, all.add(backend));
      }
      return backend;
    };

  return {
    name: embedded ? 'The embedded database' : 'Postgres',
    ready: connecting,
    makeQueue: (queue) =>
      new Queue(
        bullName(queue),
        { connection: postgresUrl, streams: { events: { maxLen: 100 } } },
        backendOf(queue, false),
      ),
    makeWorker: (queue, concurrency, process) =>
      new Worker(
        bullName(queue),
        process,
        {
          ...WORKER_TIMES,
          connection: postgresUrl,
          concurrency,
          drainDelay: embedded ? EMBEDDED_DRAIN_DELAY_S : DRAIN_DELAY_S,
        },
        backendOf(queue, true),
      ),
    ping: async () => {
      await established().pool.query('select 1');
    },
    ...(embedded
      ? {
          added: (queue: QueueName) => {
            for (const backend of workers.get(queue) ?? []) void backend.interrupt();
          },
        }
      : {}),
    close: async () => {
      closed.abort();
      // A connection that is being made can be closed when it is there only.
      await within(CONNECTED_MS, connecting).catch(() => {});
      await connection?.close();
    },
  };
}
