import type { CloudEvent } from '../../../src/http/schemas/events.ts';
import { rowOf, type EventRow } from './event-row.ts';

/*
 * The newest events of the log, each once, newest first, whichever way they came: pushed by the socket, read page by page,
 * or both. Pure: no clock, no network.
 *
 * The feed knows its *position*: up to where nothing can be missing, so where reading starts after a new connection.
 *   While catching up it is what was read without a hole. What the socket pushes meanwhile may lie far ahead of it.
 *   Once the reading has met the socket (`settled`) the socket carries it on.
 * Sequences are never counted to find holes: a connection is sent the events of its groups only, so gaps are normal.
 *
 * The window: everything known from `floor` up. Trimming raises the floor; what lies below is read from the API when wanted,
 * so a late copy of an event that was trimmed does not come back.
 */

export interface EventFeed {
  /** The newest page, newest first: where the list begins. */
  start(newest: readonly CloudEvent[]): void;
  /** From the socket, in any order. */
  push(events: readonly CloudEvent[]): void;
  /** A page read after `position()`, oldest first; `next` is the position it was scanned to. */
  read(events: readonly CloudEvent[], next: number): void;
  /**
   * The connection has ended or a new one is up: what it pushed is a part of the position, what the next one pushes is not yet.
   * @param overlap how many sequences to look back behind what was pushed
   */
  unsettled(overlap: number): void;
  /** Reading has met the connection that was opened last: what is pushed from now on follows without a hole. */
  settled(): void;
  /** The log is no longer kept before `oldest`: reading goes on there. */
  skipTo(oldest: number): void;
  has(id: string): boolean;
  started(): boolean;
  /** The last sequence behind which nothing is missing. */
  position(): number;
  /** Newest first. A new array after each change. */
  rows(): readonly EventRow[];
  /** How many events came in after the start, ever. */
  added(): number;
}

/** @param keep how many rows at most */
export function eventFeed(keep: number): EventFeed {
  let rows: readonly EventRow[] = [];
  const byId = new Map<string, EventRow>();
  let floor = 0;
  let begun = false;
  let readTo = 0;
  let pushedTo = 0;
  let isSettled = false;
  let added = 0;

  function insert(events: readonly CloudEvent[]): number {
    const fresh: EventRow[] = [];
    for (const event of events) {
      const row = rowOf(event);
      const known = byId.get(row.id);
      if (known !== undefined && !(row.about.known && !known.about.known)) continue;
      if (known === undefined && row.sequence < floor) continue;
      // A copy that says more than the one we have (read whole, where the pushed one was too large) takes its place.
      if (known === undefined) fresh.push(row);
      else rows = rows.map((each) => (each === known ? row : each));
      byId.set(row.id, row);
    }
    if (fresh.length === 0) return 0;
    rows = mergeNewestFirst(fresh.sort(newestFirst), rows);
    if (rows.length > keep) trim();
    return fresh.length;
  }

  function trim(): void {
    for (const row of rows.slice(keep)) byId.delete(row.id);
    rows = rows.slice(0, keep);
    floor = rows.at(-1)?.sequence ?? floor;
  }

  return {
    start(newest) {
      begun = true;
      const sequences = newest.map((event) => Number(event.sequence));
      readTo = Math.max(0, ...sequences);
      insert(newest);
      // What was pushed before and lies below this page would leave a hole between.
      floor = Math.max(floor, Math.min(...sequences, readTo));
      for (const row of rows) if (row.sequence < floor) byId.delete(row.id);
      rows = rows.filter((row) => row.sequence >= floor);
    },
    push(events) {
      for (const event of events) pushedTo = Math.max(pushedTo, Number(event.sequence));
      added += insert(events);
    },
    read(events, next) {
      added += insert(events);
      readTo = Math.max(readTo, next);
    },
    unsettled(overlap) {
      readTo = isSettled ? Math.max(readTo, pushedTo - overlap) : readTo;
      pushedTo = 0;
      isSettled = false;
    },
    settled() {
      isSettled = true;
    },
    skipTo(oldest) {
      readTo = Math.max(readTo, oldest - 1);
    },
    has: (id) => byId.has(id),
    started: () => begun,
    position: () => readTo,
    rows: () => rows,
    added: () => added,
  };
}

function newestFirst(a: EventRow, b: EventRow): number {
  return b.sequence - a.sequence;
}

/** Both are newest first already. Nearly always everything fresh is newer than everything known. */
function mergeNewestFirst(fresh: readonly EventRow[], known: readonly EventRow[]): EventRow[] {
  const oldestFresh = fresh.at(-1);
  const newestKnown = known[0];
  if (oldestFresh === undefined || newestKnown === undefined || oldestFresh.sequence > newestKnown.sequence)
    return [...fresh, ...known];
  return [...fresh, ...known].sort(newestFirst);
}
