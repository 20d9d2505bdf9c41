import type { ParkedEvent } from '../../src/core/delivery.ts';
import type { LoggedEvent } from '../../src/core/event.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DestinationFailure } from '../../src/ports/destination-store.ts';
import type { DeliverDeps } from '../../src/steps/deliver/deliver-events.ts';
import { newEvent } from './new-event.ts';

export function loggedEvent(sequence: number, fields: Partial<LoggedEvent> = {}): LoggedEvent {
  const { readAtSequence: _readAtSequence, ...event } = newEvent({ time: '2026-01-02T03:04:00.000Z' });
  return { ...event, sequence, appendedAt: event.time, ...fields };
}

/** One destination and the log it reads, in memory, by the words of the ports. */
export interface SmallDestination {
  store: DeliverDeps['store'];
  log: LoggedEvent[];
  parked: Map<number, ParkedEvent>;
  cursor: number;
  failures: number;
  fence: number;
  paused: boolean;
  owner: string | null;
  leasedUntil: number;
  retryAt: string | null;
  lastFailure: DestinationFailure | null;
  /** The oldest sequence that is kept. */
  oldest: number;
}

export function smallDestination(clock: Clock, events: number): SmallDestination {
  const it: SmallDestination = {
    log: Array.from({ length: events }, (_, at) => loggedEvent(at + 1)),
    parked: new Map(),
    cursor: 0,
    failures: 0,
    fence: 0,
    paused: false,
    owner: null,
    leasedUntil: 0,
    retryAt: null,
    lastFailure: null,
    oldest: 1,
    store: {
      readEvents({ from, limit }) {
        const after = from ?? 0;
        if (after < it.oldest - 1) return Promise.resolve({ status: 'gone', oldest: it.oldest });
        const items = it.log.filter(({ sequence }) => sequence > after).slice(0, limit);
        return Promise.resolve({ status: 'page', items, next: items.at(-1)?.sequence ?? after });
      },
      logHead: () => Promise.resolve(it.log.at(-1)?.sequence ?? 0),
      findEvent: (sequence) =>
        Promise.resolve(it.log.find((event) => event.sequence === sequence && sequence >= it.oldest) ?? null),
      claimCursor(name, owner, leaseMs) {
        if (name !== 'realtime') return Promise.resolve({ status: 'missing' });
        if (it.paused) return Promise.resolve({ status: 'paused' });
        if (it.retryAt !== null && Date.parse(it.retryAt) > clock.now())
          return Promise.resolve({ status: 'waiting', retryAt: it.retryAt });
        if (it.leasedUntil > clock.now()) return Promise.resolve({ status: 'held' });
        Object.assign(it, { owner, fence: it.fence + 1, leasedUntil: clock.now() + leaseMs });
        const { cursor, fence, failures } = it;
        return Promise.resolve({ status: 'claimed', cursor, fence, failures });
      },
      moveCursor({ owner, fence, from, to, leaseMs, parked }) {
        if (it.owner !== owner || it.fence !== fence || it.cursor !== from) return Promise.resolve(false);
        Object.assign(it, { cursor: to, leasedUntil: clock.now() + leaseMs, failures: 0, retryAt: null });
        for (const event of parked) it.parked.set(event.sequence, event);
        return Promise.resolve(true);
      },
      releaseCursor(_name, owner, fence, failure) {
        if (it.owner !== owner || it.fence !== fence) return Promise.resolve();
        Object.assign(it, { owner: null, leasedUntil: 0 });
        if (failure !== null) {
          const failures = it.failures + 1;
          Object.assign(it, { failures, retryAt: failure.retryAt, lastFailure: failure });
        }
        return Promise.resolve();
      },
      dueParked: (_name, limit) =>
        Promise.resolve(
          [...it.parked.values()]
            .filter(({ nextAttemptAt }) => Date.parse(nextAttemptAt) <= clock.now())
            .slice(0, limit),
        ),
      settleParked(_name, sequence, next) {
        if (next === null) it.parked.delete(sequence);
        else it.parked.set(sequence, next);
        return Promise.resolve();
      },
    },
  };
  return it;
}
