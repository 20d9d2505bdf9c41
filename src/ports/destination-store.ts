import type { Destination, DestinationKind, ParkedEvent } from '../core/delivery.ts';

/** What remembers how far each destination has read, and what it refused. */
export interface DestinationStore {
  /** Adds a destination at the head of the log if it is not there. */
  ensureDestination(name: string, kind: DestinationKind): Promise<void>;
  listDestinations(): Promise<Destination[]>;
  /** Names of active destinations with events after their cursor or parked events due, not leased, not waiting for a retry. */
  dueDestinations(): Promise<string[]>;
  /** The one runner of a destination. `waiting`: the breaker is open until then. */
  claimCursor(name: string, owner: string, leaseMs: number): Promise<CursorClaim>;
  /**
   * Compare-and-set: moves the cursor from `from` to `to` and renews the lease, parking what was refused on the way, in one
   * transaction. False: the claim was lost, and this runner must stop.
   */
  moveCursor(move: CursorMove): Promise<boolean>;
  /** Ends the claim. With a failure: counts it, and the cursor holds until `retryAt`. */
  releaseCursor(
    name: string,
    owner: string,
    fence: number,
    failure: DestinationFailure | null,
  ): Promise<void>;
  /** Parked events whose next attempt is due, oldest first. */
  dueParked(name: string, limit: number): Promise<ParkedEvent[]>;
  /** Where this event is parked, by the names of the destinations. */
  findParked(sequence: number): Promise<ReadonlyMap<string, ParkedEvent>>;
  /** Forgets a parked event (delivered at last), or moves its next attempt. */
  settleParked(name: string, sequence: number, next: ParkedEvent | null): Promise<void>;

  /** Remembers that somebody may receive these groups until then. */
  grantGroups(groups: readonly string[], expiresAt: string): Promise<void>;
  /** Groups that somebody holds a live grant for. */
  liveGroups(): Promise<string[]>;
}

export type CursorClaim =
  | { status: 'claimed'; cursor: number; fence: number; failures: number }
  | { status: 'held' }
  | { status: 'paused' }
  | { status: 'waiting'; retryAt: string }
  | { status: 'missing' };

export interface CursorMove {
  name: string;
  owner: string;
  fence: number;
  from: number;
  to: number;
  leaseMs: number;
  parked: readonly ParkedEvent[];
}

export interface DestinationFailure {
  code: string;
  message: string;
  retryAt: string;
}
