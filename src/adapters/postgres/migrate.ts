import { readdir, readFile } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { HubError } from '../../core/errors.ts';
import { inTransaction } from './pool.ts';

/*
 * Numbered SQL files, run at start, all in one transaction under a lock, so that processes starting together do it once. A file
 * that has run is never changed.
 */

const FOLDER = new URL('migrations/', import.meta.url);
/** Any number that nobody else locks; shared by all hubs of one database. */
const LOCK = 5_243_617;

interface Migration {
  version: number;
  name: string;
}

/** Brings the database to this code's version. Throws `database_newer` when it is beyond it. */
export async function migrate(pool: Pool): Promise<{ from: number; to: number }> {
  const migrations = await listMigrations();
  const newest = migrations.at(-1)?.version ?? 0;
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const current = await currentVersion(client);
    if (current > newest)
      throw new HubError(
        'database_newer',
        `The database is at version ${current}, this code knows up to ${newest}. Run the version of Heliograph that wrote it, or a newer one.`,
      );
    for (const { version, name } of migrations.filter((each) => each.version > current)) {
      await client.query(await readFile(new URL(name, FOLDER), 'utf8'));
      await client.query('insert into heliograph.migrations (version, name) values ($1, $2)', [
        version,
        name,
      ]);
    }
    return { from: current, to: newest };
  });
}

async function listMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  return names.map((name) => ({ version: Number.parseInt(name, 10), name }));
}

async function currentVersion(client: PoolClient): Promise<number> {
  await client.query(`
    create schema if not exists heliograph;
    create table if not exists heliograph.migrations (
      version integer primary key, name text not null, applied_at timestamptz not null default clock_timestamp())`);
  const { rows } = await client.query<{ version: number | null }>(
    'select max(version) as version from heliograph.migrations',
  );
  return rows[0]?.version ?? 0;
}
