import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, inject } from 'vitest';

/*
 * The shared servers, from a test file. Suites that need one are declared by `describePostgres` or `describeRedis`, so that they
 * are skipped by name where the program is missing; the URLs are asked for inside, in a hook.
 */

/** A suite that needs a real Postgres. */
export function describePostgres(name: string, define: () => void): void {
  suiteIf(inject('services').postgres)(name, define);
}

/** A suite that needs a real Redis. */
export function describeRedis(name: string, define: () => void): void {
  suiteIf(inject('services').redis)(name, define);
}

function suiteIf(present: boolean): (name: string, define: () => void) => void {
  return present ? describe : describe.skip;
}

/** The shared Postgres, as its superuser. It forgets everything at the end of the run; use a `freshDatabase` of it. */
function postgresUrl(): Promise<string> {
  return ask('postgres');
}

/** The shared Redis, with a database number nobody else has been given: its keys are the caller's, `FLUSHDB` harms nobody. */
export function redisUrl(): Promise<string> {
  return ask('redis');
}

/** An empty database on the shared Postgres. Some 30 ms. `drop` also ends who is still connected to it. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const base = await postgresUrl();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await run(base, `create database ${name} template template0`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(base, `drop database if exists ${name} with (force)`) };
}

/** A temporary folder for a test file. */
export async function freshFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'heliograph-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

async function ask(server: 'postgres' | 'redis'): Promise<string> {
  const response = await fetch(`${inject('services').broker}/${server}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`The shared ${server} did not start: ${text}`);
  return text;
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
