import type { EventOrigin, LoggedEvent, NewEvent } from '../core/event.ts';
import type { NewSetAside, Remainder } from './inbox-store.ts';

/** The log: all events in the order of their sequence, gapless, in commit order. */
export interface EventLog {
  /**
   * One transaction: the events get their numbers (one whose id is known already is passed over), the leased rows are
   * deleted, remainders and set-aside items are written.
   * `stale`: nothing was written, because for the events at these indices another event of the same subject was appended after
   * `readAtSequence`: fetch them again.
   * `lease_lost`: nothing was written, another worker has one of the rows.
   * `refused`: nothing was written, the database calls some of the data bad.
   */
  appendEvents(append: Append): Promise<AppendResult>;
  readEvents(query: EventQuery): Promise<EventPage>;
  /** Null when there is no such event, or no longer. */
  findEvent(sequence: number): Promise<LoggedEvent | null>;
  /** The newest sequence; 0 for an empty log. */
  logHead(): Promise<number>;
  /** Makes partitions for the days to come. */
  ensurePartitions(): Promise<void>;
}

export interface Append {
  owner: string;
  rows: readonly number[];
  events: readonly NewEvent[];
  remainders: readonly Remainder[];
  setAside: readonly NewSetAside[];
}

export type AppendResult =
  /** `duplicates`: the indices of the events the log had already. */
  | { status: 'appended'; head: number; duplicates: number[] }
  | { status: 'stale'; indices: number[] }
  | { status: 'lease_lost' }
  | { status: 'refused'; message: string };

export interface EventFilter {
  type?: string;
  /** Exact, or a prefix with a trailing `*`. */
  subject?: string;
  subscription?: string;
  tenant?: string;
  origin?: EventOrigin;
  /** RFC 3339, on `time`: from (inclusive), to (exclusive). */
  since?: string;
  until?: string;
}

export interface EventQuery {
  order: 'asc' | 'desc';
  /** asc: after this sequence. desc: before it; null for the newest. */
  from: number | null;
  limit: number;
  filter: EventFilter;
  /** What the caller may see: any of these. Null for everything. */
  scope: readonly EventFilter[] | null;
}

export type EventPage =
  | { status: 'page'; items: LoggedEvent[]; next: number }
  /** `after` is older than what is kept. */
  | { status: 'gone'; oldest: number };
