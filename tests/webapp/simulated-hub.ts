import type { Scheduler } from 'fast-check';
import type { CloudEvent } from '../../src/core/event.ts';
import { eventFeed } from '../../webapp/src/live/event-feed.ts';
import {
  startFeed,
  type FeedChange,
  type ReadResult,
  type SocketHandlers,
} from '../../webapp/src/live/feed-runner.ts';
import { officeEvent } from './office-events.ts';

/*
 * A hub whose answers and messages come in whatever order the scheduler likes: reads answer what the log held when they were
 * asked, each group's messages keep their order, and what is under way when the connection drops is lost.
 */

export interface SimulatedHub {
  log: CloudEvent[];
  forgottenTo: number;
  /** How many events the log had when the first page was read. */
  headAtStart: number;
  /** Reads that are answered `failed`. */
  failing: boolean;
  signedOut: boolean;
  reads: string[];
  changes: FeedChange[];
  feed: ReturnType<typeof eventFeed>;
  append(events: number): void;
  /** Sends something again that was sent already. */
  repeat(sequence: number): void;
  open(): void;
  drop(): void;
  /** The connection stays up, but nothing comes over it for a while; and then something does. */
  silence(): void;
  speak(): void;
  answers(answers: boolean): void;
  /** Fires whatever timer runs. */
  fireTimer(): void;
  /** A connection that is up all the time but whose messages are lost, as with a destination that is paused. */
  deaf: boolean;
  stop(): void;
}

export function simulatedHub(
  scheduler: Pick<Scheduler, 'schedule'>,
  { groups = 1, keep = 10_000, before = 0, pages = { first: 3, next: 3 } } = {},
): SimulatedHub {
  let connection = 0;
  let up = false;
  let timer: (() => void) | null = null;
  const handlers: { current: SocketHandlers | null } = { current: null };
  const feed = eventFeed(keep);
  const streams = Array.from({ length: groups }, () => Promise.resolve());

  function send(event: CloudEvent): void {
    if (!up || hub.deaf) return;
    const group = Number(event.sequence) % groups;
    const earlier = streams[group] ?? Promise.resolve();
    streams[group] = deliver(event, earlier, connection);
  }

  async function deliver(event: CloudEvent, earlier: Promise<void>, mine: number): Promise<void> {
    await earlier;
    await scheduler.schedule(Promise.resolve(), `push ${Number(event.sequence)}`);
    if (up && mine === connection) handlers.current?.events([event]);
  }

  async function answer(what: string, result: ReadResult): Promise<ReadResult> {
    hub.reads.push(what);
    const { failing, signedOut } = hub;
    const head = hub.log.length;
    await scheduler.schedule(Promise.resolve(), what);
    if (signedOut) return { status: 'unauthenticated' };
    if (failing) return { status: 'failed' };
    if (!feed.started()) hub.headAtStart = head;
    return result;
  }

  const hub: SimulatedHub = {
    log: Array.from({ length: before }, (_, index) => officeEvent(index + 1, 1_700_000_000_000)),
    forgottenTo: 0,
    headAtStart: 0,
    failing: false,
    signedOut: false,
    deaf: false,
    reads: [],
    changes: [],
    feed,
    append(events) {
      for (let each = 0; each < events; each++) {
        const event = officeEvent(hub.log.length + 1, 1_700_000_000_000);
        hub.log.push(event);
        send(event);
      }
    },
    repeat(sequence) {
      const event = hub.log[sequence - 1];
      if (event) send(event);
    },
    open() {
      connection++;
      up = true;
      handlers.current?.opened(groups);
    },
    drop() {
      connection++;
      up = false;
      handlers.current?.lost();
    },
    silence: () => handlers.current?.silent(),
    speak: () => handlers.current?.heard(),
    answers: (answers) => runner.hubAnswers(answers),
    fireTimer() {
      const act = timer;
      timer = null;
      act?.();
    },
    stop: () => runner.stop(),
  };
  const runner = startFeed({
    feed,
    pages,
    readNewest: (limit) => {
      const items = hub.log.slice(hub.forgottenTo).slice(-limit).reverse();
      return answer('newest', { status: 'page', page: { items, next: items.at(-1)?.sequence ?? '0' } });
    },
    readAfter: (position, limit) => {
      if (position < hub.forgottenTo)
        return answer(`after ${position}`, { status: 'gone', oldest: hub.forgottenTo + 1 });
      const items = hub.log.slice(position, position + limit);
      const next = items.at(-1)?.sequence ?? String(position);
      return answer(`after ${position}`, { status: 'page', page: { items, next } });
    },
    openSocket(given) {
      handlers.current = given;
      return () => {
        handlers.current = null;
      };
    },
    startTimer(_ms, act) {
      timer = act;
      return () => {
        if (timer === act) timer = null;
      };
    },
    changed: (change) => hub.changes.push(change),
  });
  return hub;
}
