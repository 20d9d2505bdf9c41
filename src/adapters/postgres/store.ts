import type { Log } from '../../ports/log.ts';
import type { Store } from '../../ports/store.ts';
import { destinations } from './destinations.ts';
import { eventLog } from './event-log.ts';
import { inbox } from './inbox.ts';
import { keysAndLeases } from './keys-and-leases.ts';
import { migrate } from './migrate.ts';
import { openPool } from './pool.ts';
import { setAside } from './set-aside.ts';
import { subscriptions } from './subscriptions.ts';

export interface PostgresStoreOptions {
  url: string;
  /** Connections for all but the receiver. */
  connections?: number;
  log: Log;
}

/** The receiver gives up on a commit after 2.5 s; a connection that takes longer is of no use to it. */
const RECEIVER_TIMEOUT_MS = 2_400;
const RECEIVER_CONNECTIONS = 3;
const TIMEOUT_MS = 15_000;
const MIGRATION_TIMEOUT_MS = 1_800_000;
/** Of the first connection: a server that accepts and says nothing ends the start. */
const FIRST_CONNECT_TIMEOUT_MS = 10_000;

/** Everything the hub remembers, in Postgres 14 or newer. Migrates first; throws `database_newer` or `store_unavailable`. */
export async function postgresStore({ url, connections = 10, log }: PostgresStoreOptions): Promise<Store> {
  const pool = openPool({ url, max: connections, timeoutMs: TIMEOUT_MS, log });
  const receiver = openPool({ url, max: RECEIVER_CONNECTIONS, timeoutMs: RECEIVER_TIMEOUT_MS, log });
  const close = async (): Promise<void> => {
    await Promise.all([pool.end(), receiver.end()]);
  };
  const store: Store = {
    ...inbox(pool, receiver),
    ...setAside(pool),
    ...eventLog(pool),
    ...subscriptions(pool),
    ...destinations(pool),
    ...keysAndLeases(pool),
    close,
  };
  try {
    await migrateOnce(url, log);
    await store.ensurePartitions();
  } catch (error) {
    await close();
    throw error;
  }
  return store;
}

/** On a connection of its own: a migration may take longer than any query of the hub may. */
async function migrateOnce(url: string, log: Log): Promise<void> {
  const pool = openPool({
    url,
    max: 1,
    timeoutMs: MIGRATION_TIMEOUT_MS,
    connectTimeoutMs: FIRST_CONNECT_TIMEOUT_MS,
    log,
  });
  try {
    const { from, to } = await migrate(pool);
    if (from !== to) log.info({ from, to }, 'store.migrated');
  } finally {
    await pool.end();
  }
}
