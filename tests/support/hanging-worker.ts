import { bullQueue, type QueueConnection } from '../../src/adapters/bullmq/bull-queue.ts';
import type { QueueName } from '../../src/ports/queue.ts';
import { silentLog } from './logs.ts';

/*
 * A process of its own that takes a job and never finishes it, to be killed: `node hanging-worker.ts CONNECTION QUEUE`. It sends
 * the id of the job it took.
 */

const [connection, queue] = process.argv.slice(2);
if (connection === undefined || queue === undefined || process.send === undefined)
  throw new Error('This file is forked by a test.');
const report = process.send.bind(process);

bullQueue({ log: silentLog }, JSON.parse(connection) as QueueConnection).work(
  queue as QueueName,
  1,
  async (id) => {
    report(id);
    await new Promise(() => {});
  },
);
