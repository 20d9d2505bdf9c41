/*
 * The queue carries hints: "there is work for X". Postgres knows what is unfinished, so a job that is lost or doubled costs time
 * and nothing else. One queue a step; one waiting job at most for each id.
 */

/** A hint: the step's queue, and for which lane, destination or subscription. */
export interface Work {
  queue: QueueName;
  id: string;
}

export const QUEUE_NAMES = ['process-inbox', 'deliver-events', 'renew-subscription'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

export interface Queue {
  /**
   * Sees to it that a worker looks after this work once more from now (or after `delayMs`): if it is being worked on, once more
   * afterwards. Fails fast with `queue_unavailable` when the queue cannot be reached; the sweep makes up for it.
   */
  wake(work: Work, options?: { delayMs?: number }): Promise<void>;
  /**
   * Starts working. The handler gets the work's id and a signal that fires when the worker is told to stop. What it throws is
   * retried by the queue a few times, then left to the sweep.
   */
  work(queue: QueueName, concurrency: number, handler: WorkHandler): QueueWorker;
  /** Throws when the queue cannot be reached in time. */
  ping(): Promise<void>;
  /** Waiting, active and delayed jobs of each queue. */
  counts(): Promise<Record<QueueName, number>>;
  /** Called each time the queue is reachable again after it was not. */
  onBack(listener: () => void): void;
  close(): Promise<void>;
}

export type WorkHandler = (id: string, signal: AbortSignal) => Promise<void>;

export interface QueueWorker {
  /** Takes no more jobs and waits for those in flight. */
  stop(): Promise<void>;
}
