import type { SetAsideCode } from '../core/set-aside.ts';

/** What remembers accepted notifications until they are events. */
export interface InboxStore {
  /**
   * Commits one row, durably, in one round trip. `refused`: the database calls the text bad (another try cannot help).
   * Throws when the database cannot be reached or does not answer in time: nothing is known to be committed then.
   */
  commitToInbox(lane: number, posts: string, items: number): Promise<CommitResult>;
  /**
   * Leases what is due in a lane, oldest first, at most `maxRows` rows and about `maxBytes`, and counts the attempt before any
   * work is done. A row another owner holds a live lease on is passed over. A row that was attempted `aloneAfter` times or more
   * is claimed alone, so that what crashes a worker is found.
   */
  claimInbox(lane: number, claim: InboxClaim): Promise<InboxRow[]>;
  /** Lets the leases last that long from now, of those rows that are the owner's still. Waits for nobody: a row being appended is passed over. */
  extendInboxLease(owner: string, rows: readonly number[], leaseMs: number): Promise<void>;
  /** Gives leased rows back at once, as after a fault of ours; the attempt stays counted. */
  releaseInbox(owner: string, rows: readonly number[], delayMs: number): Promise<void>;
  /** Replaces a leased row by the given ones in one transaction; false when the lease was lost. */
  splitInboxRow(owner: string, row: number, into: readonly Remainder[]): Promise<boolean>;
  /** Lanes with something due and unleased, for the sweep. */
  dueLanes(): Promise<number[]>;
  inboxDepth(): Promise<InboxDepth>;

  listSetAside(page: { before: number | null; limit: number }): Promise<SetAsideItem[]>;
  /** Puts items back into the inbox and forgets them here; returns how many. `null` is all. */
  runSetAside(ids: readonly number[] | null): Promise<{ ran: number; lanes: number[] }>;
  discardSetAside(id: number): Promise<boolean>;
}

export type CommitResult = { status: 'committed'; row: number } | { status: 'refused'; message: string };

export interface InboxClaim {
  owner: string;
  leaseMs: number;
  maxRows: number;
  maxBytes: number;
  aloneAfter: number;
}

export interface InboxRow {
  id: number;
  /** JSON text, as `core/inbox.ts` writes it. */
  posts: string;
  /** This attempt included. */
  attempts: number;
  items: number;
  /** When it was first committed, kept by remainders. RFC 3339. */
  acceptedAt: string;
}

/** What goes back to the inbox, to be tried again after a delay. */
export interface Remainder {
  lane: number;
  posts: string;
  items: number;
  acceptedAt: string;
  delayMs: number;
}

/** A notification that cannot become an event as things stand, with its reason, to be seen and run again. */
export interface NewSetAside {
  posts: string;
  acceptedAt: string;
  code: SetAsideCode;
  message: string;
  subscriptionKey: string | null;
  resource: string | null;
}

export interface SetAsideItem extends NewSetAside {
  id: number;
  setAsideAt: string;
}

export interface InboxDepth {
  rows: number;
  items: number;
  oldestAcceptedAt: string | null;
  setAside: number;
}
