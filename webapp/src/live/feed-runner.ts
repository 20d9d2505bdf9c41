import type { CloudEvent, EventPage } from '../../../src/http/schemas/events.ts';
import type { EventFeed } from './event-feed.ts';

/*
 * Keeps the feed complete: subscribe first, then read what was missed, then listen.
 *
 *   connecting ──opened──▶ catching-up ──read to the end──▶ live
 *       │ no socket for 2 s, the API answers                 │ lost
 *       └──────────────▶ polling ◀───────────────────────────┘
 *
 * Two things are said over all that: `offline` while the hub does not answer, and `reconnecting` while the socket, said to be
 * up, is silent. It may be recovered then, and nothing has to be read; else it is said to be lost a little later.
 *
 * `opened` is said for every new connection and only for those: a connection that the reliable protocol recovers has lost
 * nothing, so nothing is read then.
 */

export type ConnectionState =
  | 'connecting'
  | 'catching-up'
  | 'live'
  | 'reconnecting'
  | 'polling'
  | 'offline'
  | 'signed-out';

/** What reading after a position comes to. `gone`: the log is kept from `oldest` on only. */
export type ReadResult =
  | { status: 'page'; page: EventPage }
  | { status: 'gone'; oldest: number }
  | { status: 'unauthenticated' }
  | { status: 'failed' };

export interface SocketHandlers {
  /** A new connection has joined its groups. @param groups how many */
  opened(groups: number): void;
  events(events: readonly CloudEvent[]): void;
  /** Nothing was heard for a few seconds, not even the answer to a ping. It may yet be recovered. */
  silent(): void;
  /** Something is heard again on the same connection, and nothing was missed. */
  heard(): void;
  /** Gone for good. The socket goes on trying by itself. */
  lost(): void;
  unauthenticated(): void;
}

export interface FeedRunnerDeps {
  feed: EventFeed;
  readNewest(limit: number): Promise<ReadResult>;
  readAfter(position: number, limit: number): Promise<ReadResult>;
  /** Starts to connect at once and keeps connected. @returns what ends it */
  openSocket(handlers: SocketHandlers): () => void;
  /** @returns what cancels it */
  startTimer(ms: number, act: () => void): () => void;
  /** After anything the page could show has changed. */
  changed(change: FeedChange): void;
  /** How many events a page has: the first one, the newest; and those after. */
  pages?: { first: number; next: number };
}

export interface FeedChange {
  state: ConnectionState;
  /** How many events came in since the last change, and whether as they happened or by catching up. */
  arrived: number;
  /** Set once when events between the last one seen and this sequence are no longer kept. */
  goneBefore?: number;
}

export interface FeedRunner {
  /** Whether the hub answers, when that has changed. What waits for it is tried at once when it does. */
  hubAnswers(answers: boolean): void;
  /** Tries at once what waits for a timer, as when the browser says it is online again. */
  nudge(): void;
  stop(): void;
}

const PAGES = { first: 200, next: 1_000 };
const POLL_MS = 2_000;
const MAX_RETRY_MS = 15_000;
/** Every so often the newest event is asked for: if we do not have it, the hub reaches the log but not the socket. */
const CHECK_MS = 30_000;
/** The newest event may still be on its way to us. */
const ON_ITS_WAY_MS = 5_000;
/** The hub sends one read of its log to all groups before the next, so groups can be apart by no more than that. */
const GROUPS_APART = 1_000;

const nothing = (): void => {};

export function startFeed(deps: FeedRunnerDeps): FeedRunner {
  const { feed, pages = PAGES } = deps;
  let stopped = false;
  let socketUp = false;
  let socketSilent = false;
  let hubMute = false;
  let everRead = false;
  /** The first socket takes a moment. Only what is asked for a second time, or instead of a lost one, is polling. */
  let waitsForFirst = true;
  let apiDown = false;
  let caughtUp = false;
  let overlap = 0;
  let failures = 0;
  let added = feed.added();
  /** Counts what asks for reading; a reading is done when nothing asked since it began. */
  let wanted = 0;
  let reading = false;
  let cancelTimer: () => void = nothing;
  const socket: { close: () => void } = { close: nothing };

  function state(): ConnectionState {
    if (stopped) return 'signed-out';
    if (hubMute || (apiDown && !socketUp)) return 'offline';
    if (socketUp && socketSilent) return 'reconnecting';
    if (socketUp) return caughtUp ? 'live' : 'catching-up';
    return everRead && !waitsForFirst ? 'polling' : 'connecting';
  }

  function tell(goneBefore?: number): void {
    const arrived = feed.added() - added;
    added = feed.added();
    deps.changed({ state: state(), arrived, ...(goneBefore !== undefined && { goneBefore }) });
  }

  function next(ms: number, act: () => void): void {
    cancelTimer();
    cancelTimer = deps.startTimer(ms, act);
  }

  function signOut(): void {
    stop();
    tell();
  }

  function stop(): void {
    if (socketUp) feed.unsettled(overlap);
    stopped = true;
    cancelTimer();
    socket.close();
  }

  async function read(): Promise<void> {
    wanted++;
    if (reading || stopped) return;
    reading = true;
    cancelTimer();
    try {
      for (let done = 0; done !== wanted;) {
        const asked = wanted;
        if (!(await readToEnd())) return;
        done = asked;
      }
    } finally {
      reading = false;
    }
    if (!stopped) finishReading();
  }

  /** False when it had to give up; a timer is set then. */
  async function readToEnd(): Promise<boolean> {
    for (;;) {
      const from = feed.position();
      const first = !feed.started();
      const result = first ? await deps.readNewest(pages.first) : await deps.readAfter(from, pages.next);
      if (stopped) return false;
      if (result.status === 'unauthenticated') {
        signOut();
        return false;
      }
      // A log that is said to begin where we are already would be asked for ever.
      if (result.status === 'failed' || (result.status === 'gone' && result.oldest <= from + 1)) {
        retryLater();
        return false;
      }
      apiDown = false;
      failures = 0;
      if (result.status === 'gone') {
        feed.skipTo(result.oldest);
        tell(result.oldest);
        continue;
      }
      const { items } = result.page;
      if (first) {
        feed.start(items);
        tell();
        return true;
      }
      const to = Number(result.page.next);
      feed.read(items, to);
      tell();
      // A short page that was scanned no further than its last event is the end; so is a position that did not move.
      const last = Number(items.at(-1)?.sequence ?? from);
      if (to <= from || (items.length < pages.next && to <= last)) return true;
    }
  }

  function retryLater(): void {
    apiDown = true;
    failures++;
    tell();
    next(Math.min(MAX_RETRY_MS, POLL_MS * 2 ** Math.min(failures - 1, 4)), readAgain);
  }

  function finishReading(): void {
    everRead = true;
    if (!socketUp) {
      next(POLL_MS, () => {
        waitsForFirst = false;
        readAgain();
      });
    } else {
      caughtUp = true;
      feed.settled();
      next(CHECK_MS, () => void check());
    }
    tell();
  }

  function readAgain(): void {
    void read();
  }

  async function check(): Promise<void> {
    const result = await deps.readNewest(1);
    if (stopped || !socketUp || !caughtUp || reading) return;
    const newest = result.status === 'page' ? result.page.items[0] : undefined;
    if (result.status === 'unauthenticated') signOut();
    else if (result.status === 'failed' || newest === undefined || feed.has(newest.id))
      next(CHECK_MS, () => void check());
    else
      next(ON_ITS_WAY_MS, () => {
        if (feed.has(newest.id)) return next(CHECK_MS, () => void check());
        feed.unsettled(overlap);
        return readAgain();
      });
  }

  function hear(silent: boolean): void {
    socketSilent = silent;
    if (!stopped) tell();
  }

  socket.close = deps.openSocket({
    opened(groups) {
      if (stopped) return;
      overlap = groups > 1 ? GROUPS_APART : 0;
      feed.unsettled(overlap);
      socketUp = true;
      socketSilent = false;
      caughtUp = false;
      tell();
      readAgain();
    },
    events(events) {
      if (stopped) return;
      feed.push(events);
      tell();
    },
    silent: () => hear(true),
    heard: () => hear(false),
    lost() {
      if (stopped || !socketUp) return;
      feed.unsettled(overlap);
      socketUp = false;
      everRead = false;
      waitsForFirst = false;
      caughtUp = false;
      tell();
      readAgain();
    },
    unauthenticated: signOut,
  });
  readAgain();

  function nudge(): void {
    if (!caughtUp) readAgain();
  }

  return {
    hubAnswers(answers) {
      hubMute = !answers;
      if (stopped) return;
      tell();
      if (answers) nudge();
    },
    nudge,
    stop,
  };
}
