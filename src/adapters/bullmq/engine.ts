import type { Job, JobsOptions, JobType, Processor } from 'bullmq';
import type { QueueName } from '../../ports/queue.ts';
import type { JobData, JobName } from './job.ts';

/** The sliver of BullMQ's Queue that is used, whatever its backend. */
export interface BullQueue {
  add(name: JobName, data: JobData, options: JobsOptions): Promise<unknown>;
  getJobCounts(...states: JobType[]): Promise<Record<string, number>>;
  waitUntilReady(): Promise<void>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The sliver of BullMQ's Worker. */
export interface BullWorker {
  waitUntilReady(): Promise<void>;
  close(force?: boolean): Promise<void>;
  disconnect(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: BullJob | undefined, error: Error) => void): unknown;
}

type BullJob = Job<JobData, void, JobName>;
export type BullProcessor = Processor<JobData, void, JobName>;

/** What runs BullMQ's queues: Redis or Postgres. */
export interface Engine {
  /** For messages: what has to be looked after when it cannot be reached. */
  name: string;
  /** Resolves when it was reached for the first time and is set up. */
  ready: Promise<void>;
  makeQueue(queue: QueueName): BullQueue;
  makeWorker(queue: QueueName, concurrency: number, process: BullProcessor): BullWorker;
  /** Rejects when there is no answer; the caller bounds the wait. */
  ping(): Promise<void>;
  /** Called after a job was added, where the engine itself does not wake its workers. */
  added?(queue: QueueName): void;
  close(): Promise<void>;
}

/** What an engine tells about its connections as they come and go. */
export interface ConnectionWatcher {
  lost: (error: unknown) => void;
  failed: (error: unknown) => void;
  connected: () => void;
}
