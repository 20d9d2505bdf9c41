import type { DestinationStore } from '../../ports/destination-store.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { InboxStore } from '../../ports/inbox-store.ts';
import type { Queue, Work } from '../../ports/queue.ts';
import type { Store } from '../../ports/store.ts';
import type { SubscriptionStore } from '../../ports/subscription-store.ts';

/*
 * Postgres knows what is unfinished; the sweep tells the queue. A hint that was lost, for whatever reason, costs no more than the
 * time to the next sweep.
 */

export interface SweepDeps {
  store: Pick<InboxStore, 'dueLanes'> &
    Pick<DestinationStore, 'dueDestinations'> &
    Pick<SubscriptionStore, 'dueSubscriptions'>;
  queue: Pick<Queue, 'wake'>;
}

/** Renewals enqueued by one pass: 25 a second and tenant is what Graph allows, and a pass comes every second. */
const RENEWALS = 100;

/** Enqueues everything that is due. @returns how many hints were given */
export async function sweep({ store, queue }: SweepDeps): Promise<number> {
  const [lanes, destinations, subscriptions] = await Promise.all([
    store.dueLanes(),
    store.dueDestinations(),
    store.dueSubscriptions(RENEWALS),
  ]);
  const due: Work[] = [
    ...lanes.map((lane): Work => ({ queue: 'process-inbox', id: String(lane) })),
    ...destinations.map((name): Work => ({ queue: 'deliver-events', id: name })),
    ...subscriptions.map((key): Work => ({ queue: 'renew-subscription', id: key })),
  ];
  await Promise.all(due.map((work) => queue.wake(work)));
  return due.length;
}

/** What has to be done now and then: partitions for the days to come, and what has outlived its use. */
export async function keepHouse(
  store: Pick<EventLog, 'ensurePartitions'> & Pick<Store, 'prune'>,
): Promise<void> {
  await store.ensurePartitions();
  await store.prune();
}
