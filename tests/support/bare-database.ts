import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres } from '../../src/local/embedded-postgres/embedded-postgres.ts';

/*
 * Making an embedded database takes seconds, and is the same each time before anybody has written to it. It is made once for each
 * version of PGlite, kept, and copied, which takes a moment.
 */

const CACHE = resolve('node_modules/.cache');

/** Puts an embedded database that holds nothing yet into a data folder. */
export async function placeBareDatabase(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await cp(await bareDatabase(), join(dataDir, 'postgres'), { recursive: true });
}

async function bareDatabase(): Promise<string> {
  const manifest = await readFile('node_modules/@electric-sql/pglite/package.json', 'utf8');
  const dir = join(CACHE, `pglite-${(JSON.parse(manifest) as { version: string }).version}`);
  if (existsSync(dir)) return dir;
  await mkdir(CACHE, { recursive: true });
  const own = await mkdtemp(`${dir}.`);
  try {
    const database = await startEmbeddedPostgres(own);
    await database.close();
    await rename(join(own, 'postgres'), dir);
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(dir)) throw error;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
  return dir;
}
