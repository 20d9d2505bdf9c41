import { encodeRemainder, type InboxItem, type ReturnCause } from '../../core/inbox.ts';
import { keyIn } from '../../core/client-state.ts';
import { printable } from '../../core/printable.ts';
import type { SetAsideCode } from '../../core/set-aside.ts';
import type { InboxRow, NewSetAside, Remainder } from '../../ports/inbox-store.ts';

/** What one batch of claimed rows comes to, besides events: what goes back, and what is set aside. */
export interface Batch {
  owner: string;
  lane: number;
  rows: number[];
  /** What goes back, together where lane and cause are the same and the delay about the same. */
  returned: Map<string, Returned>;
  setAside: NewSetAside[];
  /** What the subscriptions, by their keys, were noted to be while this batch was worked on. */
  noted: Map<string, 'forbidden' | 'well'>;
}

interface Returned {
  items: InboxItem[];
  cause: ReturnCause;
  lane: number;
  delayMs: number;
}

export function emptyBatch(owner: string, lane: number, rows: readonly InboxRow[]): Batch {
  return {
    owner,
    lane,
    rows: rows.map(({ id }) => id),
    returned: new Map(),
    setAside: [],
    noted: new Map(),
  };
}

/**
 * These items go back to the inbox for that cause. What a throttled batch leaves is a few rows, not one an item: delays within
 * a fifth of each other become one, the longest.
 */
export function returnItems(
  batch: Batch,
  items: readonly InboxItem[],
  cause: ReturnCause,
  { lane, delayMs }: { lane: number; delayMs: number },
): void {
  const name = `${lane}/${cause}/${Math.ceil(4 * Math.log2(delayMs + 1))}`;
  const together = batch.returned.get(name) ?? { items: [], cause, lane, delayMs };
  together.items.push(...items);
  together.delayMs = Math.max(together.delayMs, delayMs);
  batch.returned.set(name, together);
}

/** What goes back, as rows. Each is as old as the oldest post in it. */
export function remaindersOf(batch: Batch): Remainder[] {
  return [...batch.returned.values()].map(({ items, cause, lane, delayMs }) => ({
    lane,
    posts: encodeRemainder(items, cause),
    items: items.length,
    acceptedAt: items.reduce(
      (oldest, { receivedAt }) => (receivedAt < oldest ? receivedAt : oldest),
      items[0]?.receivedAt ?? '',
    ),
    delayMs,
  }));
}

/** This item waits for a person, with its reason. */
export function setItemAside(batch: Batch, item: InboxItem, code: SetAsideCode, message: string): void {
  batch.setAside.push({
    posts: encodeRemainder([item], null),
    acceptedAt: item.receivedAt,
    code,
    message: printable(message),
    subscriptionKey: keyIn(item.item.clientState),
    resource: typeof item.item.resource === 'string' ? printable(item.item.resource) : null,
  });
}
