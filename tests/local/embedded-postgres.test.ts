import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/local/embedded-postgres/embedded-postgres.ts';
import { freshFolder } from '../support/services.ts';

let folder: { path: string; remove(): Promise<void> };
beforeAll(async () => {
  folder = await freshFolder();
});
afterAll(() => folder.remove());

describe('The embedded Postgres', () => {
  let dataDir: string;
  let database: EmbeddedPostgres;
  let pool: Pool;
  const open = async () => {
    database = await startEmbeddedPostgres(dataDir);
    pool = new Pool({ connectionString: database.url, max: 8 });
  };
  const close = async () => {
    await pool.end();
    await database.close();
  };
  beforeAll(async () => {
    dataDir = join(folder.path, 'data');
    await open();
    await pool.query('create table kept (id int primary key, text text)');
  });
  afterAll(close);

  it('lets only this user in', async () => {
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    expect(new URL(database.url).searchParams.get('host')).toBe(dataDir);
  });

  it('keeps what was written over a close, and takes under five seconds to reopen', async () => {
    await pool.query(`insert into kept values (1, 'one')`);
    await close();
    const before = performance.now();
    await open();
    expect(performance.now() - before).toBeLessThan(5_000);
    expect((await pool.query('select text from kept where id = 1')).rows).toEqual([{ text: 'one' }]);
  });

  it('lets transactions of several clients take turns', async () => {
    await pool.query('create table counter as select 0 as value');
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = await pool.connect();
        for (let turn = 0; turn < 5; turn++) {
          await client.query('begin');
          const { rows } = await client.query<{ value: number }>('select value from counter');
          await client.query('update counter set value = $1', [(rows[0]?.value ?? 0) + 1]);
          await client.query('commit');
        }
        client.release();
      }),
    );
    expect((await pool.query('select value from counter')).rows).toEqual([{ value: 40 }]);
  });

  it('never mixes up the values of clients that wait for another one’s transaction', async () => {
    const asking = new AbortController();
    const holder = (async () => {
      const client = await pool.connect();
      while (!asking.signal.aborted) {
        await client.query('begin');
        await client.query('select 1');
        await client.query('commit');
      }
      client.release();
    })();
    const answers = await Promise.all(
      Array.from({ length: 6 }, async (_, me) => {
        const client = await pool.connect();
        const values = Array.from({ length: me + 1 }, (_, at) => me * 100 + at);
        const sql = `select ${values.map((_, at) => `$${at + 1}::int as v${at}`).join(', ')}`;
        const rows: unknown[] = [];
        for (let turn = 0; turn < 50; turn++)
          rows.push(...(await client.query<Record<string, number>>(sql, values)).rows);
        client.release();
        return rows.every((row) => JSON.stringify(Object.values(row as object)) === JSON.stringify(values));
      }),
    ).finally(() => {
      asking.abort();
    });
    await holder;
    expect(answers).toEqual([true, true, true, true, true, true]);
  });

  it('rolls back the transaction of a client that goes away', async () => {
    const client = new Client({ connectionString: database.url });
    client.on('error', () => {}); // Its connection is cut below, on purpose.
    await client.connect();
    await client.query('begin');
    await client.query(`insert into kept values (2, 'two')`);
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    expect((await pool.query('select from kept where id = 2')).rowCount).toBe(0);
  });
});

const href = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

describe('An embedded Postgres whose process is killed', () => {
  it('has everything that was acknowledged', async () => {
    const dataDir = join(folder.path, 'killed');
    const program = join(folder.path, 'writer.mjs');
    await writeFile(
      program,
      `import { startEmbeddedPostgres } from ${href('../../src/local/embedded-postgres/embedded-postgres.ts')};
       import pg from ${href('../../node_modules/pg/esm/index.mjs')};
       const { url } = await startEmbeddedPostgres(process.argv[2]);
       const client = new pg.Client({ connectionString: url });
       await client.connect();
       await client.query('create table written (id int)');
       for (let id = 1; ; id++) {
         await client.query('insert into written values ($1)', [id]);
         process.send(id);
       }`,
    );
    const child = fork(program, [dataDir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let acknowledged = 0;
    child.on('message', (id: number) => {
      acknowledged = id;
      if (id === 200) child.kill('SIGKILL');
    });
    await once(child, 'exit');

    const database = await startEmbeddedPostgres(dataDir);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ count: number; max: number }>(
      'select count(*)::int as count, max(id) as max from written',
    );
    await client.end();
    await database.close();
    expect(acknowledged).toBeGreaterThanOrEqual(200);
    expect(rows[0]?.count).toBeGreaterThanOrEqual(acknowledged);
    expect(rows[0]?.count).toBe(rows[0]?.max);
  });
});

describe('A data folder whose path is too long for a socket', () => {
  it('gets its socket in a folder of its own, which goes with it', async () => {
    const dataDir = join(folder.path, 'long-'.repeat(24));
    const database = await startEmbeddedPostgres(dataDir);
    const socketFolder = new URL(database.url).searchParams.get('host') ?? '';
    expect(socketFolder.startsWith(dataDir)).toBe(false);
    expect((await stat(socketFolder)).mode & 0o777).toBe(0o700);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    await database.close();
    await expect(stat(socketFolder)).rejects.toThrow('ENOENT');
  });
});

describe('A data folder of another Postgres', () => {
  it('is refused with a remedy', async () => {
    const dataDir = join(folder.path, 'foreign');
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '9.6\n');
    const error = await startEmbeddedPostgres(dataDir).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining(dataDir) });
  });
});
