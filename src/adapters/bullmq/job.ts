import type { JobsOptions, WorkerOptions } from 'bullmq';
import type { QueueName } from '../../ports/queue.ts';

/** What a job carries: which lane, destination or subscription has work. */
export interface JobData {
  id: string;
}

/** `later` only wakes its id when its time has come, so that a delayed wake never runs beside a live one. */
export type JobName = 'now' | 'later';

/** The hash tag keeps all keys of the queues in one slot, as BullMQ's scripts need it on a Redis cluster. */
export const REDIS_PREFIX = '{heliograph}';

export function bullName(queue: QueueName): string {
  return `heliograph-${queue}`;
}

const COMMON: JobsOptions = {
  // Failures are Postgres's to remember, and a finished job that stays would swallow wakes of the same id.
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 3,
  // Short: wakes of the same id wait for a retry. What goes on failing is the sweep's.
  backoff: { type: 'exponential', delay: 200, jitter: 0.5 },
};

/** At most one active and one waiting job for each id: a wake while it is active is one more run afterwards. */
export function liveJob(id: string): JobsOptions {
  return { ...COMMON, deduplication: { id, keepLastIfActive: true } };
}

/**
 * Delayed wakes have deduplication ids of their own, by the time they are due: one that comes later must neither swallow nor
 * postpone one that comes sooner. Times are rounded up, to an eighth of the delay at most, so that a crowd is few jobs.
 * @param now milliseconds since 1970
 */
export function delayedJob(id: string, delayMs: number, now: number): JobsOptions {
  const step = 2 ** Math.max(3, Math.floor(Math.log2(delayMs / 8)));
  const due = Math.ceil((now + delayMs) / step) * step;
  return { ...COMMON, delay: due - now, deduplication: { id: `${id}@${due}`, keepLastIfActive: true } };
}

/**
 * Measured with workers that were killed: with these a job is taken over after 6 s; with BullMQ's defaults of 30 s after 30 to
 * 90 s, during which every wake of its id is swallowed.
 */
export const WORKER_TIMES = {
  lockDuration: 5_000,
  stalledInterval: 2_000,
  maxStalledCount: 3,
  // How long a worker waits after it was refused a connection; the default of 15 s would make a short restart a long one.
  runRetryDelay: 1_000,
} as const satisfies Partial<WorkerOptions>;
