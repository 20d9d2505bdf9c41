import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort, startGuarded, type GuardedProcess } from './guarded-process.ts';
import type { OwnServer } from './own-server.ts';
import { findProgram, unprivilegedOwner } from './programs.ts';
import { until } from './until.ts';

/** Quick and forgetful, for a server whose data nobody wants after the run. */
const FORGETFUL = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * A Postgres of the caller's own, on a free port with a temporary data folder, which a test can crash, freeze, stop and start.
 * @param durable commits are synced as in production; false is quicker
 */
export async function ownPostgres({ durable = true } = {}): Promise<OwnServer> {
  const program = findProgram('postgres');
  if (program === null) throw new Error('There is no postgres program on this machine.');
  const owner = unprivilegedOwner();
  const folder = await mkdtemp(join(tmpdir(), 'heliograph-postgres-'));
  if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  await promisify(execFile)(
    join(program, '..', 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...owner, cwd: folder },
  );
  const port = await freePort();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'shared_buffers=64MB',
    ...(durable ? [] : FORGETFUL),
  ].flatMap((setting) => ['-c', setting]);

  let server: GuardedProcess | null = null;
  let frozen: number[] = [];

  /** A crashed server's own children may still hold its memory for a moment: it then refuses, and is asked again. */
  const start = (): Promise<void> =>
    until(
      async () => {
        if (server === null || server.hasExited())
          server = await startGuarded([program, '-D', data, ...settings], { folder, endBy: 'QUIT', owner });
        try {
          await ask(url, 'select 1');
        } catch (error) {
          throw new Error(`Postgres is not up yet: ${server.output()}`, { cause: error });
        }
        return true;
      },
      { what: 'the start of Postgres', timeoutMs: 30_000, everyMs: 25 },
    ).then(() => undefined);

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === null || server.hasExited()) return;
    for (const pid of frozen.splice(0)) sendSignal(pid, 'SIGCONT');
    process.kill(server.pid, signal);
    await server.exited;
  };

  /** The server's own first, then its children. */
  const processes = async (): Promise<number[]> => {
    if (server === null || server.hasExited()) return [];
    const rows = await ask(url, 'select pid from pg_stat_activity where pid <> pg_backend_pid()');
    return [server.pid, ...rows.map((row) => Number(row['pid']))];
  };

  await start();
  return {
    url,
    start,
    stop: () => end('SIGINT'),
    crash: async () => {
      // Its sessions too, or they would answer until they notice that they are orphans.
      for (const pid of await processes()) sendSignal(pid, 'SIGKILL');
      await server?.exited;
    },
    freeze: async () => {
      frozen = await processes();
      for (const pid of frozen) sendSignal(pid, 'SIGSTOP');
    },
    thaw: () => {
      for (const pid of frozen.splice(0)) sendSignal(pid, 'SIGCONT');
    },
    dispose: async () => {
      await end('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A session may have ended by itself since it was listed. */
function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {}); // A server that goes meanwhile is what the caller is about to see.
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return rows;
  } finally {
    await client.end();
  }
}
