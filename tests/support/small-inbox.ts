import { toCloudEvent, type CloudEvent, type LoggedEvent, type NewEvent } from '../../src/core/event.ts';
import type { SubscriptionReason } from '../../src/core/subscription.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Append, AppendResult } from '../../src/ports/event-log.ts';
import type { InboxClaim, InboxRow, NewSetAside, Remainder } from '../../src/ports/inbox-store.ts';
import type { Watch } from '../../src/ports/subscription-store.ts';
import type { ProcessDeps } from '../../src/steps/process/process-inbox.ts';

interface Row extends InboxRow {
  lane: number;
  dueAt: number;
  owner: string | null;
  leasedUntil: number;
}

/** What the steps ask of the store between the inbox and the log, in memory, with what a test wants to see. */
export interface SmallInbox {
  store: ProcessDeps['store'];
  rows: Row[];
  log: LoggedEvent[];
  setAside: NewSetAside[];
  watches: Watch[];
  /** By key: why a subscription is not well. */
  reasons: Map<string, SubscriptionReason>;
  /** Calls of the subscriptions' verbs, in order. */
  acts: {
    act: string;
    key: string;
    reason?: SubscriptionReason | null;
    codes?: readonly string[];
    graphId?: string | null;
  }[];
  events(): CloudEvent[];
  add(lane: number, posts: string, items: number): number;
  /** Answers the next append in place of the store, or lets it pass with undefined. */
  intercept: ((append: Append) => AppendResult | undefined) | null;
}

/** Follows the words of the ports: leases by the clock, ids that deduplicate, `stale` by subject. */
export function smallInbox(clock: Clock, watches: Watch[]): SmallInbox {
  const rows: Row[] = [];
  const log: LoggedEvent[] = [];
  const setAside: NewSetAside[] = [];
  const acts: SmallInbox['acts'] = [];
  const reasons: SmallInbox['reasons'] = new Map();
  let lastRow = 0;

  const insert = (rest: Remainder): number => {
    lastRow++;
    rows.push({
      id: lastRow,
      lane: rest.lane,
      posts: rest.posts,
      items: rest.items,
      acceptedAt: rest.acceptedAt,
      attempts: 0,
      dueAt: clock.now() + rest.delayMs,
      owner: null,
      leasedUntil: Number.NEGATIVE_INFINITY,
    });
    return lastRow;
  };
  const remove = (id: number): void => {
    const at = rows.findIndex((row) => row.id === id);
    rows.splice(at, 1);
  };
  const holds = (owner: string, id: number): boolean =>
    rows.some((row) => row.id === id && row.owner === owner);

  const small: SmallInbox = {
    rows,
    log,
    setAside,
    watches,
    reasons,
    acts,
    events: () => log.map(toCloudEvent),
    add: (lane, posts, items) =>
      insert({ lane, posts, items, acceptedAt: new Date(clock.now()).toISOString(), delayMs: 0 }),
    intercept: null,
    store: {
      claimInbox: (lane, claim) => Promise.resolve(claimRows(rows, lane, claim, clock.now())),
      extendInboxLease(owner, ids, leaseMs) {
        for (const row of rows)
          if (ids.includes(row.id) && row.owner === owner) row.leasedUntil = clock.now() + leaseMs;
        return Promise.resolve();
      },
      releaseInbox(owner, ids, delayMs) {
        for (const row of rows)
          if (ids.includes(row.id) && row.owner === owner)
            Object.assign(row, { owner: null, leasedUntil: 0, dueAt: clock.now() + delayMs });
        return Promise.resolve();
      },
      splitInboxRow(owner, id, into) {
        if (!holds(owner, id)) return Promise.resolve(false);
        remove(id);
        into.forEach(insert);
        return Promise.resolve(true);
      },
      appendEvents(append) {
        const instead = small.intercept?.(append);
        if (instead !== undefined) return Promise.resolve(instead);
        if (!append.rows.every((id) => holds(append.owner, id)))
          return Promise.resolve({ status: 'lease_lost' });
        const fresh = freshOf(log, append.events);
        const stale = staleOf(log, append.events, fresh);
        if (stale.length > 0) return Promise.resolve({ status: 'stale', indices: stale });
        for (const index of fresh) {
          const { readAtSequence: _readAtSequence, ...event } = append.events[index] as NewEvent;
          log.push({ ...event, sequence: log.length + 1, appendedAt: new Date(clock.now()).toISOString() });
        }
        append.rows.forEach(remove);
        append.remainders.forEach(insert);
        setAside.push(...append.setAside);
        const duplicates = [...append.events.keys()].filter((index) => !fresh.includes(index));
        return Promise.resolve({ status: 'appended', head: log.length, duplicates });
      },
      logHead: () => Promise.resolve(log.length),
      findWatches: (keys) => Promise.resolve(watches.filter(({ key }) => keys.includes(key))),
      findSubscription: (key) => {
        const watch = watches.find((each) => each.key === key);
        const at = '2026-01-01T00:00:00.000Z';
        return Promise.resolve(
          watch === undefined
            ? null
            : {
                ...watch,
                changeTypes: ['created', 'updated', 'deleted'],
                rich: false,
                reason: reasons.get(key) ?? null,
                graphId: watch.graphIds.at(-1) ?? null,
                expiresAt: null,
                renewAt: null,
                lastNotificationAt: null,
                createdAt: at,
                updatedAt: at,
              },
        );
      },
      makeDue(key, graphId, reason) {
        acts.push({ act: 'makeDue', key, graphId, reason });
        return Promise.resolve(watches.some((watch) => watch.key === key && watch.status !== 'paused'));
      },
      markFailing(key, reason) {
        acts.push({ act: 'markFailing', key, reason });
        return Promise.resolve();
      },
      clearFailing(key, codes) {
        acts.push({ act: 'clearFailing', key, codes });
        return Promise.resolve();
      },
    },
  };
  return small;
}

function claimRows(rows: readonly Row[], lane: number, claim: InboxClaim, now: number): InboxRow[] {
  const due = rows.filter((row) => row.lane === lane && row.dueAt <= now && row.leasedUntil <= now);
  const [first, ...others] = due.sort((a, b) => a.id - b.id).slice(0, claim.maxRows);
  if (first === undefined) return [];
  const isAlone = first.attempts >= claim.aloneAfter;
  const claimed = isAlone
    ? [first]
    : [first, ...others.filter(({ attempts }) => attempts < claim.aloneAfter)];
  return claimed.map((row) => {
    Object.assign(row, { owner: claim.owner, leasedUntil: now + claim.leaseMs, attempts: row.attempts + 1 });
    const { id, posts, attempts, items, acceptedAt } = row;
    return { id, posts, attempts, items, acceptedAt };
  });
}

function freshOf(log: readonly LoggedEvent[], events: readonly NewEvent[]): number[] {
  const known = new Set(log.map(({ id }) => id));
  return [...events.entries()].flatMap(([index, { id }]) => {
    if (known.has(id)) return [];
    known.add(id);
    return [index];
  });
}

function staleOf(
  log: readonly LoggedEvent[],
  events: readonly NewEvent[],
  fresh: readonly number[],
): number[] {
  return fresh.filter((index) => {
    const { subject, readAtSequence } = events[index] as NewEvent;
    return (
      readAtSequence !== null &&
      log.some((each) => each.subject === subject && each.sequence > readAtSequence)
    );
  });
}
