import { Queue, Worker } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import type { ConnectionWatcher, Engine } from './engine.ts';
import { bullName, REDIS_PREFIX, WORKER_TIMES } from './job.ts';

type Client = Redis | Cluster;

/** How long an idle worker's blocking read lasts. A job ends it at once; the end of an outage is noticed after so long at most. */
const DRAIN_DELAY_S = 2;
/** Events of BullMQ that nobody reads; the default keeps 10,000 of each queue. */
const STREAMS = { events: { maxLen: 100 } };

const reconnectAfterMs = (attempt: number): number => Math.min(attempt * 100, 1_000);

/** BullMQ on Redis 6.2 or newer, or Valkey. @param url see `QueueConnection` */
export function redisEngine(url: string, watcher: ConnectionWatcher): Engine {
  // Producers fail at once when Redis is away.
  const producer = connect(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  // Workers wait for Redis to come back. They share this one, and have a blocking connection each.
  const consumer = connect(url, { enableOfflineQueue: true, maxRetriesPerRequest: null });
  producer.on('error', watcher.failed);
  producer.on('close', () => watcher.lost(new Error('the connection to Redis was closed')));
  producer.on('ready', watcher.connected);
  consumer.on('error', watcher.failed);

  return {
    name: 'Redis',
    ready: new Promise((resolve) => {
      producer.once('ready', () => resolve());
    }),
    makeQueue: (queue) =>
      new Queue(bullName(queue), { connection: producer, prefix: REDIS_PREFIX, streams: STREAMS }),
    makeWorker: (queue, concurrency, process) =>
      new Worker(bullName(queue), process, {
        ...WORKER_TIMES,
        connection: consumer,
        prefix: REDIS_PREFIX,
        concurrency,
        drainDelay: DRAIN_DELAY_S,
      }),
    ping: async () => {
      await producer.ping();
    },
    close: async () => {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

interface Manner {
  maxRetriesPerRequest: number | null;
  enableOfflineQueue: boolean;
}

function connect(text: string, manner: Manner): Client {
  const urls = text.split(',').map((part) => new URL(part.trim()));
  const [first] = urls;
  if (first === undefined) throw new TypeError('No Redis URL was given.');
  const { maxRetriesPerRequest, enableOfflineQueue } = manner;
  const common = {
    maxRetriesPerRequest,
    // What a producer sent before the connection broke is not sent again later: the sweep makes up for it.
    autoResendUnfulfilledCommands: enableOfflineQueue,
    connectTimeout: 5_000,
    ...(first.username === '' ? {} : { username: decodeURIComponent(first.username) }),
    ...(first.password === '' ? {} : { password: decodeURIComponent(first.password) }),
    ...(first.protocol === 'rediss:' ? { tls: {} } : {}),
  };
  if (urls.length > 1 || first.searchParams.get('cluster') === 'true')
    return new Cluster(urls.map(addressOf), {
      redisOptions: common,
      enableOfflineQueue,
      clusterRetryStrategy: reconnectAfterMs,
      // Certificates of managed clusters name the hosts, so names stay names.
      dnsLookup: (address, callback) => callback(null, address),
    });
  return new Redis({
    ...common,
    ...addressOf(first),
    enableOfflineQueue,
    db: Number(first.pathname.slice(1) || 0),
    retryStrategy: reconnectAfterMs,
  });
}

function addressOf(url: URL): { host: string; port: number } {
  return { host: url.hostname.replaceAll(/^\[|\]$/g, ''), port: Number(url.port || 6379) };
}
