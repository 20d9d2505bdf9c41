import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPostgres } from '../tests/support/own-postgres.ts';
import { ownRedis } from '../tests/support/own-redis.ts';

/** What a hub stands on. */
export interface Place {
  settings: Record<string, string>;
  dispose(): Promise<void>;
}

/** A real Postgres that syncs each commit, and a real Redis. */
export async function onServers(): Promise<Place> {
  const [postgres, redis, folder] = await Promise.all([
    ownPostgres(),
    ownRedis({ durable: false }),
    dataDir(),
  ]);
  return {
    settings: { DATABASE_URL: postgres.url, REDIS_URL: redis.url, DATA_DIR: folder.path },
    dispose: async () => {
      await Promise.all([postgres.dispose(), redis.dispose(), folder.remove()]);
    },
  };
}

/** The embedded database, and BullMQ on it. */
export async function embedded(): Promise<Place> {
  const folder = await dataDir();
  return { settings: { DATA_DIR: folder.path }, dispose: () => folder.remove() };
}

async function dataDir(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'heliograph-bench-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
