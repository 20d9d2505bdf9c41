import { messageOf } from '../src/core/errors.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { EventLog } from '../src/ports/event-log.ts';
import type { Log } from '../src/ports/log.ts';
import type { Queue } from '../src/ports/queue.ts';
import type { Store } from '../src/ports/store.ts';
import { keepHouse, sweep, type SweepDeps } from '../src/steps/keep-alive/sweep.ts';

export interface SchedulerDeps extends SweepDeps {
  store: SweepDeps['store'] &
    Pick<Store, 'holdLease' | 'releaseLease' | 'prune'> &
    Pick<EventLog, 'ensurePartitions'>;
  queue: Pick<Queue, 'wake' | 'onBack'>;
  clock: Clock;
  log: Log;
  /** Names this process in leases. */
  owner: string;
}

const LEASE = 'scheduler';
const EVERY_MS = 1_000;
/** Another scheduler takes over this long after one was killed. */
const LEASE_MS = 5_000;
const HOUSEKEEPING_MS = 60_000;

/**
 * A timer in every scheduler process, one of them holding the lease. A pass enqueues what is due; when the queue is back after an
 * outage, at once.
 */
export function startScheduler(hub: SchedulerDeps): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let pass = Promise.resolve();
  let housekept = 0;
  let failing = false;

  const act = async (): Promise<void> => {
    try {
      if (!(await hub.store.holdLease(LEASE, hub.owner, LEASE_MS))) return;
      // First: a house that cannot be kept must not keep anybody from the work.
      await sweep(hub);
      if (hub.clock.now() - housekept >= HOUSEKEEPING_MS) {
        await keepHouse(hub.store);
        housekept = hub.clock.now();
      }
      failing = false;
    } catch (error) {
      // Once an outage, not once a second: the database and the queue tell of themselves.
      if (!failing) hub.log.warn({ reason: messageOf(error) }, 'sweep.failed');
      failing = true;
    }
  };
  const after = async (previous: Promise<void>): Promise<void> => {
    await previous;
    await act();
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(next, EVERY_MS);
  };
  const next = (): void => {
    clearTimeout(timer);
    pass = after(pass);
  };
  hub.queue.onBack(() => {
    if (!stopped) next();
  });
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await pass;
      await hub.store.releaseLease(LEASE, hub.owner).catch(() => undefined);
    },
  };
}
