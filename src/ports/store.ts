import type { DestinationStore } from './destination-store.ts';
import type { EventLog } from './event-log.ts';
import type { InboxStore } from './inbox-store.ts';
import type { KeyStore } from './key-store.ts';
import type { SubscriptionStore } from './subscription-store.ts';

/** Everything the hub remembers. A step names the sliver it needs. */
export interface Store extends InboxStore, EventLog, SubscriptionStore, DestinationStore, KeyStore {
  /** One round trip; throws when the database does not answer in time. */
  ping(): Promise<void>;
  /**
   * A lease that one process at a time holds, renewed by asking again before it ends. Never a session lock: those do not
   * exclude anybody on the embedded database.
   */
  holdLease(name: string, owner: string, leaseMs: number): Promise<boolean>;
  releaseLease(name: string, owner: string): Promise<void>;
  /** Deletes what has outlived its use: expired grants and leases. */
  prune(): Promise<void>;
  close(): Promise<void>;
}
