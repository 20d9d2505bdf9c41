import type { ConnectionState } from './feed-runner.ts';
import type { EventRow } from './event-row.ts';

/*
 * What the list shows. Following, it shows the feed as it is. Held (paused, or scrolled away from the top, so that lines do not
 * move under the eyes) it shows the lines of that moment, plus older ones as they are asked for, and counts what comes in.
 */

export interface LiveView {
  rows: readonly EventRow[];
  /** `reading`: somebody scrolled away from the top or walks through the lines by keys. */
  heldBy: 'pause' | 'reading' | null;
  /** Events that came in since it is held. */
  waiting: number;
  state: ConnectionState;
  /** Since when, in ms of the browser's clock. */
  stateSince: number;
  /** Null while it is not known. */
  perSecond: number | null;
  /** The newest sequence known here, shown or not. */
  newest: number | null;
  /** Events before this sequence, and after the last one seen here, are no longer kept. */
  goneBefore: number | null;
}

export interface LiveStore {
  subscribe: (listener: () => void) => () => void;
  view: () => LiveView;
  hold(by: 'pause' | 'reading'): void;
  follow(): void;
  /** Appends a page of older lines, newest first, to what is held. */
  appendOlder(rows: readonly EventRow[]): void;
  feedChanged(change: { state: ConnectionState; goneBefore?: number }): void;
  setRate(perSecond: number | null): void;
}

export interface LiveStoreDeps {
  feed: { rows(): readonly EventRow[]; added(): number };
  /** Runs once before the next picture is drawn; a second call before that is the same one. */
  onFrame: (act: () => void) => void;
  nowMs: () => number;
}

/** As many lines as one reading may pile up; further back there are the filters of the API and the CLI. */
export const MAX_HELD_ROWS = 20_000;

export function liveStore({ feed, onFrame, nowMs }: LiveStoreDeps): LiveStore {
  const listeners = new Set<() => void>();
  let current: LiveView = {
    rows: [],
    heldBy: null,
    waiting: 0,
    state: 'connecting',
    stateSince: nowMs(),
    perSecond: null,
    newest: null,
    goneBefore: null,
  };
  let heldAt = 0;
  let framed = false;

  function set(change: Partial<LiveView>): void {
    current = { ...current, ...change };
    for (const listener of listeners) listener();
  }

  /** However many events come between two frames, the page is drawn once. */
  function draw(): void {
    framed = false;
    const newest = feed.rows()[0]?.sequence ?? null;
    // Held before anything was there: the first page is still wanted.
    if (current.heldBy === null || current.rows.length === 0) set({ newest, rows: feed.rows() });
    else if (feed.added() - heldAt !== current.waiting || newest !== current.newest)
      set({ newest, waiting: feed.added() - heldAt });
  }

  function soon(): void {
    if (framed) return;
    framed = true;
    onFrame(draw);
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    view: () => current,
    hold(by) {
      if (current.heldBy === 'pause' || current.heldBy === by) return;
      if (current.heldBy !== null) return set({ heldBy: by });
      heldAt = feed.added();
      return set({ heldBy: by, waiting: 0, rows: feed.rows() });
    },
    follow() {
      if (current.heldBy !== null) set({ heldBy: null, waiting: 0, rows: feed.rows() });
    },
    appendOlder(rows) {
      const last = current.rows.at(-1)?.sequence ?? Number.POSITIVE_INFINITY;
      const older = rows.filter((row) => row.sequence < last);
      if (current.heldBy !== null && older.length > 0)
        set({ rows: [...current.rows, ...older].slice(0, MAX_HELD_ROWS) });
    },
    feedChanged({ state, goneBefore }) {
      if (state !== current.state) set({ state, stateSince: nowMs() });
      if (goneBefore !== undefined) set({ goneBefore });
      soon();
    },
    setRate(perSecond) {
      if (perSecond !== current.perSecond) set({ perSecond });
    },
  };
}
