import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { keepExtendedQueriesWhole } from './shared-session.ts';

/*
 * The thread the database computes on. It opens the data folder, listens on the socket and says 'ready'; told 'close', it stops
 * listening, writes everything down and ends. A fault of the database ends the thread: connections then break
 * instead of waiting for ever.
 */

/** Far more than the hub's pools need; the server drops what comes beyond. */
const MAX_CONNECTIONS = 200;

const { databaseDir, socketPath } = workerData as { databaseDir: string; socketPath: string };
if (parentPort === null) throw new Error('This file runs as a worker thread of the embedded Postgres.');
const parent = parentPort;

const database = await PGlite.create({ dataDir: databaseDir, relaxedDurability: true });
keepExtendedQueriesWhole(database, (error) => {
  setImmediate(() => {
    throw error;
  });
});
const server = new PGLiteSocketServer({ db: database, path: socketPath, maxConnections: MAX_CONNECTIONS });
await server.start();

parent.once('message', () => {
  void (async () => {
    await server.stop();
    await database.close();
    parent.close();
  })();
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parent.postMessage('ready');
