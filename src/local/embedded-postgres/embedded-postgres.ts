import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HubError, messageOf } from '../../core/errors.ts';
import { socketPlace } from './socket-path.ts';

export interface EmbeddedPostgres {
  /** For `pg`: a Unix socket's folder as host. */
  url: string;
  /** Stops listening, writes everything down and ends the thread. End the clients first. */
  close(): Promise<void>;
}

/**
 * A Postgres inside this process: PGlite in a thread of its own, behind its socket server, on a Unix socket only this user can
 * reach. The first start of a folder takes 3 to 7 s, later ones under a second. The caller holds the folder's lock: nothing else
 * keeps two processes from one database.
 *
 * It is one session that all clients share: transactions take turns; session settings, session locks and named statements are
 * everybody's; a NOTIFY does not reach a client that is idle; `search_path` in the connection's options is ignored. It does
 * not sync to disk, so what was committed survives a killed process, but not a power cut.
 * @param onCrash called when the thread ended by itself; the database is gone until the next start
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  onCrash: (error: Error) => void = () => {},
): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32')
    throw new HubError(
      'configuration',
      'The embedded database needs Unix sockets. On Windows set DATABASE_URL, or run the hub in WSL.',
    );
  const folder = resolve(dataDir);
  const socket = await socketPlace(folder);
  const databaseDir = join(folder, 'postgres');
  await mkdir(databaseDir, { recursive: true, mode: 0o700 });
  const thread = new Worker(new URL('./database-thread.ts', import.meta.url), {
    workerData: { databaseDir, socketPath: socket.path },
  });
  await startOf(thread, databaseDir);
  let closing = false;
  thread.once('error', (error) => {
    if (!closing) onCrash(error instanceof Error ? error : new Error(String(error)));
  });
  return {
    url: socket.url,
    close: async () => {
      if (closing) return;
      closing = true;
      const ended = once(thread, 'exit');
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      thread.postMessage('close');
      await ended;
      await socket.remove();
    },
  };
}

async function startOf(thread: Worker, databaseDir: string): Promise<void> {
  const ended = new Promise<never>((_, reject) => {
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The thread ended with code ${code}.`)));
  });
  try {
    await Promise.race([once(thread, 'message'), ended]);
  } catch (error) {
    throw new HubError(
      'store_unavailable',
      `The embedded database in ${databaseDir} did not open: ${messageOf(error)}. Move the folder away to start afresh, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}
