import { Client } from 'pg';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownPostgres } from './own-postgres.ts';
import { ownRedis } from './own-redis.ts';
import type { OwnServer } from './own-server.ts';
import { describePostgres, describeRedis, freshDatabase, redisUrl } from './services.ts';
import { until } from './until.ts';

describePostgres('Postgres for the suites', () => {
  it('gives databases that are apart', async () => {
    const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
    await query(one.url, 'create table only_here ()');
    await expect(query(two.url, 'select from only_here')).rejects.toThrow('does not exist');
    await one.drop();
    await expect(query(one.url, 'select 1')).rejects.toThrow('does not exist');
    await two.drop();
  });
});

describePostgres('A Postgres of a test’s own', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await ownPostgres();
  });
  afterAll(() => server.dispose());

  it('keeps what was committed over a crash', async () => {
    await query(server.url, 'create table kept as select 42 as answer');
    await server.crash();
    await expect(query(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await server.start();
    expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('hangs when frozen and goes on when thawed', async () => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await server.freeze();
    let answered = false;
    const answer = client.query('select 1').then(() => (answered = true));
    await expect(query(server.url, 'select 1', 300)).rejects.toThrow('timeout');
    expect(answered).toBe(false);
    server.thaw();
    await answer;
    await client.end();
  });

  it('stops and starts', async () => {
    await server.stop();
    await server.start();
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describeRedis('Redis for the suites', () => {
  it('gives databases that are apart', async () => {
    const [one, two] = [new Redis(await redisUrl()), new Redis(await redisUrl())];
    await one.set('key', 'value');
    expect(await two.get('key')).toBe(null);
    one.disconnect();
    two.disconnect();
  });
});

describeRedis('A Redis of a test’s own', () => {
  it('keeps its data over a crash, and loses it when flushed', async () => {
    const server = await ownRedis();
    const client = new Redis(server.url);
    client.on('error', () => {}); // It is about to lose its server.
    await client.set('key', 'value');
    await server.stop();
    await server.start();
    expect(await until(() => client.get('key'))).toBe('value');
    await server.crash();
    await server.start();
    expect(await until(() => client.get('key'))).toBe('value');
    await server.flush();
    expect(await client.get('key')).toBe(null);
    client.disconnect();
    await server.dispose();
  });
});

async function query(url: string, statement: string, connectionTimeoutMillis = 2_000): Promise<unknown[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
