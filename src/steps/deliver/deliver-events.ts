import { retryDelayMs, parkedRetryMs, type ParkedEvent } from '../../core/delivery.ts';
import type { LoggedEvent } from '../../core/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CursorClaim, DestinationStore } from '../../ports/destination-store.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Log } from '../../ports/log.ts';

/*
 * One run of a destination's reader: claim the cursor, read the log after it, send, move the cursor, until nothing is left or the
 * slice of time is over. Whoever is killed on the way leaves a lease that ends; whoever takes over starts at the cursor, so an
 * event may be sent twice but none is left out.
 */

export interface DeliverDeps {
  store: Pick<EventLog, 'readEvents' | 'findEvent' | 'logHead'> &
    Pick<DestinationStore, 'claimCursor' | 'moveCursor' | 'releaseCursor' | 'dueParked' | 'settleParked'>;
  /** How this destination is sent to. Order is kept as far as the destination itself can tell it. */
  send: SendEvents;
  /**
   * Whether nobody would get anything just now. Asked only after a page that went to nobody, and then the log is passed over without being
   * read: half of what a hub does that nobody watches. Left out: somebody always would.
   */
  nobody?: () => Promise<boolean>;
  /** Waits a moment for the log to go on; true: read again. Left out: a run ends at the head of the log. */
  more?: () => Promise<boolean>;
  clock: Clock;
  log: Log;
  owner: string;
}

export type SendEvents = (events: readonly LoggedEvent[]) => Promise<SendResult>;

/** `delivered` may have refused some of the events for their own sake; `failed` says nothing of any event. */
export type SendResult =
  | { status: 'delivered'; requests: number; refused: readonly RefusedEvent[] }
  | { status: 'failed'; code: string; message: string; retryAfterMs?: number };

export interface RefusedEvent {
  sequence: number;
  code: string;
  message: string;
}

/** `again`: the slice is over and there is more; wake the destination once more. */
export type DeliverOutcome =
  | { status: 'done' | 'again' | 'lost'; delivered: number }
  | { status: 'failed'; retryAt: string }
  | { status: 'not_claimed'; why: 'held' | 'paused' | 'waiting' | 'missing' };

const LEASE_MS = 12_000;
/**
 * A run begins with small pages and doubles them while they are sent quickly: a page that takes longer than the lease would be
 * taken over and sent again by the next runner, and by the next, and never be dealt with.
 */
const PAGE = { first: 64, most: 500, quickMs: 1_000 };
/** Hanging destinations must not occupy all workers: a run gives its place back after this long. */
const SLICE_MS = 2_000;
const PARKED_PER_RUN = 50;
/** What parked events get at least at the end of a run, however busy the log is; one of them is always tried. */
const PARKED_MS = 500;

export async function deliverEvents(
  deps: DeliverDeps,
  name: string,
  signal: AbortSignal,
): Promise<DeliverOutcome> {
  const claim = await deps.store.claimCursor(name, deps.owner, LEASE_MS);
  if (claim.status !== 'claimed') return { status: 'not_claimed', why: claim.status };
  const { cursor, failures } = claim;
  const run: Run = { ...deps, name, claim, cursor, failures, delivered: 0, page: PAGE.first, unheard: false };
  const endsAt = deps.clock.now() + SLICE_MS;
  for (;;) {
    const step = await deliverPage(run);
    if (step.status === 'failed') return fail(run, step);
    if (step.status === 'lost') return { status: 'lost', delivered: run.delivered };
    if (step.status === 'end' && !(await moreIn(run, endsAt))) break;
    if (signal.aborted || deps.clock.now() >= endsAt) return end(run, 'again', endsAt, signal);
  }
  return end(run, 'done', endsAt, signal);
}

/** Parked events have their turn at the end of every run: in a log that stays busy there is no head to wait for. */
async function end(
  run: Run,
  status: 'done' | 'again',
  endsAt: number,
  signal: AbortSignal,
): Promise<DeliverOutcome> {
  const until = Math.max(endsAt, run.clock.now() + PARKED_MS);
  const failure = signal.aborted ? null : await retryParked(run, until);
  if (failure !== null) return fail(run, failure);
  await run.store.releaseCursor(run.name, run.owner, run.claim.fence, null);
  return { status, delivered: run.delivered };
}

/** Never beyond the slice: others wait for the place. */
async function moreIn({ more, clock }: Run, endsAt: number): Promise<boolean> {
  return more !== undefined && clock.now() < endsAt && (await more());
}

interface Run extends DeliverDeps {
  name: string;
  claim: CursorClaim & { status: 'claimed' };
  cursor: number;
  /** In a row, before this run or since its last success. */
  failures: number;
  delivered: number;
  /** How many events are read at once now. */
  page: number;
  /** The last page went to nobody. */
  unheard: boolean;
}

type Failure = SendResult & { status: 'failed' };
type Step = { status: 'more' | 'end' | 'lost' } | Failure;

async function deliverPage(run: Run): Promise<Step> {
  if (run.unheard && run.nobody !== undefined) {
    // The head before the question: whoever comes after the answer reads the log up to here by himself.
    const head = await run.store.logHead();
    if (await run.nobody()) return head > run.cursor ? move(run, head, [], 'end') : { status: 'end' };
  }
  const page = await run.store.readEvents({
    order: 'asc',
    from: run.cursor,
    limit: run.page,
    filter: {},
    scope: null,
  });
  if (page.status === 'gone') return skipGone(run, page.oldest);
  if (page.items.length === 0) return { status: 'end' };
  const limit = run.page;
  const startedAt = run.clock.now();
  const sent = await run.send(page.items);
  const isQuick = run.clock.now() - startedAt <= PAGE.quickMs;
  run.page = isQuick ? Math.min(PAGE.most, limit * 2) : Math.max(1, Math.floor(limit / 2));
  if (sent.status === 'failed') return sent;
  run.unheard = sent.requests === 0;
  run.delivered += page.items.length;
  logAttempt(run, page.items, sent);
  const parked = sent.refused.map((refused) => parkedEvent(run, refused, 1));
  // A page that is not full reached the head. Whatever comes later brings a wake-up of its own.
  return move(run, page.next, parked, page.items.length < limit ? 'end' : 'more');
}

/** Retention went past the cursor: what is gone is gone, and the reader goes on from what is kept. Never in silence. */
async function skipGone(run: Run, oldest: number): Promise<Step> {
  const skipped = { from: run.cursor + 1, to: oldest - 1 };
  const step = await move(run, oldest - 1, [], 'more');
  if (step.status !== 'lost') run.log.warn({ destination: run.name, ...skipped }, 'delivery.skipped');
  return step;
}

async function move(
  run: Run,
  to: number,
  parked: readonly ParkedEvent[],
  then: 'more' | 'end',
): Promise<Step> {
  const { name, owner, claim, cursor: from } = run;
  const moved = await run.store.moveCursor({
    name,
    owner,
    fence: claim.fence,
    from,
    to,
    leaseMs: LEASE_MS,
    parked,
  });
  run.cursor = to;
  run.failures = 0;
  return { status: moved ? then : 'lost' };
}

function logAttempt(
  run: Run,
  events: readonly LoggedEvent[],
  sent: SendResult & { status: 'delivered' },
): void {
  const first = events[0];
  run.log.info(
    {
      destination: run.name,
      from: first?.sequence,
      to: events.at(-1)?.sequence,
      requests: sent.requests,
      refused: sent.refused.length,
      oldestMs: first === undefined ? 0 : run.clock.now() - Date.parse(first.time),
    },
    'delivery.attempted',
  );
}

async function fail(run: Run, failure: Failure): Promise<DeliverOutcome> {
  const { name, owner, claim, clock } = run;
  const failures = run.failures + 1;
  const delayMs = retryDelayMs(failures, clock.random(), failure.retryAfterMs);
  const retryAt = new Date(clock.now() + delayMs).toISOString();
  const { code, message } = failure;
  run.log.warn({ destination: name, code, reason: message, failures, retryAt }, 'delivery.failed');
  await run.store.releaseCursor(name, owner, claim.fence, { code, message, retryAt });
  return { status: 'failed', retryAt };
}

/**
 * Parked events come back one by one, beside the cursor. A failure of the destination leaves them as they are and counts like any
 * other, or a destination that is down would be asked again by every sweep. Those there is no time for are due at the next run.
 */
async function retryParked(run: Run, until: number): Promise<Failure | null> {
  for (const parked of await run.store.dueParked(run.name, PARKED_PER_RUN)) {
    const event = await run.store.findEvent(parked.sequence);
    const sent = event === null ? null : await run.send([event]);
    if (sent?.status === 'failed') return sent;
    const [refused] = sent?.refused ?? [];
    const next = refused === undefined ? null : parkedEvent(run, refused, parked.attempts + 1);
    await run.store.settleParked(run.name, parked.sequence, next);
    if (run.clock.now() >= until) break;
  }
  return null;
}

function parkedEvent(run: Run, refused: RefusedEvent, attempts: number): ParkedEvent {
  const delayMs = parkedRetryMs(attempts, run.clock.random());
  return { ...refused, attempts, nextAttemptAt: new Date(run.clock.now() + delayMs).toISOString() };
}
