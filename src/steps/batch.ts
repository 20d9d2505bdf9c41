import { encodeRemainder, type InboxItem, type ReturnCause } from '../core/inbox.ts';
import { printable } from '../core/printable.ts';
import type { SetAsideCode } from '../core/set-aside.ts';
import type { InboxRow, NewSetAside, Remainder } from '../ports/inbox-store.ts';

/** What one batch of claimed rows comes to, besides events: what goes back, and what is set aside. */
export interface Batch {
  owner: string;
  lane: number;
  rows: number[];
  /** The earliest acceptance in the batch: what remainders are counted from. */
  acceptedAt: string;
  remainders: Remainder[];
  setAside: NewSetAside[];
}

export function emptyBatch(owner: string, lane: number, rows: readonly InboxRow[]): Batch {
  return {
    owner,
    lane,
    rows: rows.map(({ id }) => id),
    acceptedAt: rows[0]?.acceptedAt ?? new Date(0).toISOString(),
    remainders: [],
    setAside: [],
  };
}

/** These items go back to the inbox for that cause. */
export function returnItems(
  batch: Batch,
  items: readonly InboxItem[],
  cause: ReturnCause,
  { lane, delayMs }: { lane: number; delayMs: number },
): void {
  batch.remainders.push({
    lane,
    posts: encodeRemainder(items, cause),
    items: items.length,
    acceptedAt: batch.acceptedAt,
    delayMs,
  });
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

/** The key a clientState names; it was proven when it was accepted. */
function keyIn(clientState: unknown): string | null {
  const key = typeof clientState === 'string' ? clientState.split('.')[1] : undefined;
  return key === undefined ? null : printable(key, 40);
}
