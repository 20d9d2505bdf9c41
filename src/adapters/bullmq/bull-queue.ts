import { HubError, messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import { QUEUE_NAMES, type Queue, type QueueName, type QueueWorker } from '../../ports/queue.ts';
import { startBullWorker } from './bull-worker.ts';
import type { BullQueue, Engine } from './engine.ts';
import { delayedJob, liveJob } from './job.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { watchOutages } from './outage.ts';
import { postgresEngine } from './postgres-engine.ts';
import { redisEngine } from './redis-engine.ts';
import { within } from '../../core/within.ts';

/**
 * Where the jobs are.
 * - `redisUrl`: `redis://` or `rediss://`, with user, password and database number as usual. A cluster is a comma-separated list of
 *   such URLs, or one with `?cluster=true`; user, password and TLS are then those of the first.
 * - `postgresUrl`: BullMQ's own tables in that schema, made when missing. `embedded`: the one-session database of this process,
 *   where the schema has to be `public` and all workers have to be in this process.
 */
export type QueueConnection =
  | { redisUrl: string }
  | { postgresUrl: string; schema: string; embedded?: boolean };

/** A producer's wait for an answer. The receiver has answered Graph by then, but a request of the API may be waiting. */
const ANSWER_MS = 1_000;
/** Setting up the tables of a new database is not an outage. */
const SET_UP_MS = 15_000;

/**
 * The queue on BullMQ. It connects by itself, and goes on by itself after an outage: workers need no restart. While it cannot be
 * reached, `wake`, `ping` and `counts` throw `queue_unavailable` within a second, and at once when that is known already.
 */
export function bullQueue({ log }: { log: Log }, connection: QueueConnection): Queue {
  const firstFailure = Promise.withResolvers<never>();
  const watcher = {
    lost: (error: unknown) => outage.begin(error),
    failed: (error: unknown) => {
      firstFailure.reject(error);
      outage.suspect(error);
    },
    connected: () => outage.check(),
  };
  const engine: Engine =
    'redisUrl' in connection
      ? redisEngine(connection.redisUrl, watcher)
      : postgresEngine({ embedded: false, ...connection }, watcher);
  const outage = watchOutages({ log, ask: () => within(ANSWER_MS, engine.ping()) });
  const queues = new Map<QueueName, BullQueue>();
  const workers = new Set<QueueWorker>();
  let isSetUp = false;
  const setUp = engine.ready.then(() => {
    isSetUp = true;
    return undefined;
  });
  const setUpOrNot = Promise.race([setUp, firstFailure.promise]);
  setUpOrNot.catch(() => {}); // Whoever waits for it is told; nobody may.

  /** A queue whose first connection failed stays useless, so it is forgotten and made anew. */
  const bullQueueOf = (name: QueueName): BullQueue => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const made = engine.makeQueue(name);
    queues.set(name, made);
    made.on('error', outage.suspect);
    made.waitUntilReady().catch(() => queues.delete(name));
    return made;
  };

  const answer = async <T>(ask: () => Promise<T>): Promise<T> => {
    const cause = outage.cause();
    if (cause !== null) throw unavailable(engine, cause);
    try {
      if (!isSetUp) await within('redisUrl' in connection ? ANSWER_MS : SET_UP_MS, setUpOrNot);
      return await within(ANSWER_MS, ask());
    } catch (error) {
      outage.begin(error);
      throw unavailable(engine, error);
    }
  };

  const wakesOf = Object.fromEntries(
    QUEUE_NAMES.map((queue) => {
      const wakeNow = oneAtATime(async (id) => {
        await answer(() => bullQueueOf(queue).add('now', { id }, liveJob(id)));
        engine.added?.(queue);
      });
      return [queue, wakeNow];
    }),
  ) as Record<QueueName, (id: string) => Promise<void>>;

  return {
    wake: async ({ queue, id }, { delayMs = 0 } = {}) => {
      if (delayMs <= 0) return wakesOf[queue](id);
      await answer(() => bullQueueOf(queue).add('later', { id }, delayedJob(id, delayMs, Date.now())));
      engine.added?.(queue);
    },
    work: (queue, concurrency, handler) => {
      const worker = startBullWorker(
        { engine, outage, log, wakeNow: wakesOf[queue] },
        queue,
        concurrency,
        handler,
      );
      workers.add(worker);
      return worker;
    },
    ping: () => answer(() => engine.ping()),
    counts: async () => {
      const counted = await Promise.all(
        QUEUE_NAMES.map(async (name) => {
          const counts = await answer(() =>
            bullQueueOf(name).getJobCounts('waiting', 'active', 'delayed', 'prioritized'),
          );
          return [name, Object.values(counts).reduce((sum, count) => sum + count, 0)];
        }),
      );
      return Object.fromEntries(counted) as Record<QueueName, number>;
    },
    onBack: outage.onBack,
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.stop()));
      outage.stop();
      await Promise.all([...queues.values()].map((queue) => queue.close().catch(() => {})));
      await engine.close();
    },
  };
}

function unavailable(engine: Engine, cause: unknown): HubError {
  return new HubError(
    'queue_unavailable',
    `${engine.name}, which carries the jobs, cannot be reached (${messageOf(cause)}). Work goes on by itself when it is back.`,
    { cause },
  );
}
