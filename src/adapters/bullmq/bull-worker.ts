import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { QueueName, QueueWorker, WorkHandler } from '../../ports/queue.ts';
import type { BullProcessor, BullWorker, Engine } from './engine.ts';
import type { Outage } from './outage.ts';
import { within } from '../../core/within.ts';

const START_AGAIN_MS = 1_000;
/** How long BullMQ may take to put down what is done, and then to let its connections go, before it is left behind. */
const CLOSE_MS = 3_000;

interface WorkerDeps {
  engine: Engine;
  outage: Outage;
  log: Log;
  /** Wakes an id now: what a delayed wake becomes when it is due. */
  wakeNow: (id: string) => Promise<void>;
}

/** A BullMQ worker that is replaced when it could not start, and that can always be stopped. */
export function startBullWorker(
  { engine, outage, log, wakeNow }: WorkerDeps,
  queue: QueueName,
  concurrency: number,
  handler: WorkHandler,
): QueueWorker {
  const stopping = new AbortController();
  const inFlight = new Set<Promise<void>>();
  let worker: BullWorker | null = null;
  let startAgain: NodeJS.Timeout | undefined;
  let stopped: Promise<void> | null = null;

  const process: BullProcessor = (job) => {
    const { id } = job.data;
    // A job can still arrive while the worker is told to stop: it is handed on, to run once this one is put down.
    const isHandedOn = job.name === 'later' || stopping.signal.aborted;
    const run = isHandedOn ? wakeNow(id) : handler(id, stopping.signal);
    const settled = run.catch(() => {}).finally(() => inFlight.delete(settled)); // `run` itself goes to BullMQ.
    inFlight.add(settled);
    return run;
  };

  const start = (): void => {
    if (stopping.signal.aborted) return;
    const started = engine.makeWorker(queue, concurrency, process);
    worker = started;
    started.on('error', outage.suspect);
    started.on('failed', (job, error) => {
      const left = job === undefined || job.attemptsMade >= (job.opts.attempts ?? 1);
      const fields = { queue, id: job?.data.id, attempt: job?.attemptsMade, error: messageOf(error) };
      if (left) log.error(fields, 'work.left');
      else log.warn(fields, 'work.failed');
    });
    started.waitUntilReady().catch((error: unknown) => {
      if (stopping.signal.aborted) return;
      outage.suspect(error);
      void started.close(true).catch(outage.suspect);
      startAgain = setTimeout(start, START_AGAIN_MS);
    });
  };
  engine.ready.then(start, () => {}); // Rejected: the queue was closed before it was ever reached.

  const stop = async (): Promise<void> => {
    stopping.abort();
    clearTimeout(startAgain);
    if (worker === null) return;
    // While the queue is away BullMQ would wait for it: then the jobs in flight finish, but nothing of them is put down.
    const closing = worker.close(outage.cause() !== null);
    closing.catch(() => {}); // Looked at below, after what is in flight.
    await Promise.all(inFlight);
    try {
      await within(CLOSE_MS, closing);
    } catch (error) {
      // The queue is away. Its jobs are hints: what is left of them there is taken over or swept.
      log.debug({ queue, error: messageOf(error) }, 'worker.abandoned');
      await within(CLOSE_MS, worker.disconnect()).catch(() => {});
    }
  };
  return { stop: () => (stopped ??= stop()) };
}
