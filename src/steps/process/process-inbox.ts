import { messageOf } from '../../core/errors.ts';
import { decodeRow, encodeRemainder, SLOW_LANE, type InboxItem } from '../../core/inbox.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { InboxRow, InboxStore } from '../../ports/inbox-store.ts';
import { whileHeld, type HoldTiming } from '../held.ts';
import { appendBatch, type AppendBatchDeps } from './append-batch.ts';
import { emptyBatch, setItemAside, type Batch } from './batch.ts';
import { judgeItems, type JudgeItemsDeps } from './judge-items.ts';

/*
 * Drains a lane of the inbox, oldest first. A batch of rows goes through: claim (a lease; the attempt is counted before the
 * work) → judge what the receiver could not → fetch what changed → append, number and delete in one transaction. No transaction
 * is open while Graph is asked.
 *
 * What cannot be finished goes back as a delayed remainder; what cannot become an event as things stand is set aside with its
 * reason. A row that keeps crashing its worker is claimed alone, split in halves until the one bad item is found, and that is
 * set aside.
 */

export interface ProcessDeps extends AppendBatchDeps, JudgeItemsDeps {
  store: AppendBatchDeps['store'] &
    JudgeItemsDeps['store'] &
    Pick<InboxStore, 'claimInbox' | 'extendInboxLease' | 'splitInboxRow' | 'releaseInbox'> &
    Pick<EventLog, 'logHead'>;
}

/** What a killed worker held is free again after the lease. A batch that waits for Graph in the slow lane takes longer, and extends it. */
const LEASE: HoldTiming = { leaseMs: 12_000, everyMs: 3_000, withinMs: 60_000 };
const MAX_ROWS = 20;
const MAX_BYTES = 256 * 1024;
/** More rows where every row waits for a slow tenant. */
const SLOW_ROWS = 100;
const ALONE_AFTER = 4;
const GIVE_UP_AFTER = 16;
/**
 * After a fault of ours the rows come back after this long, not at once. From the attempt on at which a row is alone it doubles, up
 * to four minutes: before it has been attempted too often, a fault (a database that answers claims and not appends) may last 25.
 */
const FAULT_DELAY_MS = 1_000;
const FAULT_DOUBLINGS = 8;

/** Drains until the lane has nothing due or the signal fires. @returns how many rows were finished */
export async function processInbox(deps: ProcessDeps, lane: number, signal: AbortSignal): Promise<number> {
  let finished = 0;
  while (!signal.aborted) {
    const rows = await deps.store.claimInbox(lane, {
      owner: deps.owner,
      leaseMs: LEASE.leaseMs,
      maxRows: lane === SLOW_LANE ? SLOW_ROWS : MAX_ROWS,
      maxBytes: MAX_BYTES,
      aloneAfter: ALONE_AFTER,
    });
    if (rows.length === 0) break;
    await whileHeld(
      () => extendLease(deps, rows),
      LEASE,
      () => processRows(deps, lane, rows),
    );
    finished += rows.length;
  }
  return finished;
}

async function extendLease({ store, owner, log }: ProcessDeps, rows: readonly InboxRow[]): Promise<boolean> {
  const ids = rows.map(({ id }) => id);
  try {
    await store.extendInboxLease(owner, ids, LEASE.leaseMs);
  } catch (error) {
    log.debug({ rows: ids, reason: messageOf(error) }, 'inbox.lease_not_extended');
  }
  return true;
}

async function processRows(deps: ProcessDeps, lane: number, rows: InboxRow[]): Promise<void> {
  try {
    const [first] = rows;
    if (first !== undefined && first.attempts > ALONE_AFTER && (await isolate(deps, lane, first))) return;
    const batch = emptyBatch(deps.owner, lane, rows);
    const believed = await judgeItems(
      deps,
      batch,
      rows.flatMap((row) => decode(deps, batch, row)),
    );
    await appendBatch(deps, batch, believed);
  } catch (error) {
    // A fault of ours or of the database. The lease would end by itself; giving it back makes the wait short.
    const attempts = Math.max(...rows.map((row) => row.attempts));
    deps.log.error({ lane, rows: rows.map(({ id }) => id), reason: messageOf(error) }, 'inbox.failed');
    await deps.store.releaseInbox(
      deps.owner,
      rows.map(({ id }) => id),
      FAULT_DELAY_MS * 2 ** Math.min(Math.max(0, attempts - ALONE_AFTER), FAULT_DOUBLINGS),
    );
  }
}

/** Halves a row that was attempted too often; a single item is set aside at last. @returns whether that was all there was to do */
async function isolate(deps: ProcessDeps, lane: number, row: InboxRow): Promise<boolean> {
  const items = readable(row);
  if (items.length > 1) {
    const middle = Math.ceil(items.length / 2);
    const halves = [items.slice(0, middle), items.slice(middle)].map((half) => ({
      lane,
      posts: encodeRemainder(half, null),
      items: half.length,
      acceptedAt: row.acceptedAt,
      delayMs: 0,
    }));
    await deps.store.splitInboxRow(deps.owner, row.id, halves);
    deps.log.warn({ row: row.id, items: items.length, attempts: row.attempts }, 'inbox.split');
    return true;
  }
  if (row.attempts <= GIVE_UP_AFTER || items.length === 0) return false;
  const batch = emptyBatch(deps.owner, lane, [row]);
  for (const item of items)
    setItemAside(
      batch,
      item,
      'attempted_too_often',
      `It was attempted ${row.attempts} times without an end.`,
    );
  await appendBatch(deps, batch, []);
  return true;
}

/** The items of a row; none where it cannot be read, which is then told by `decode`. */
function readable(row: InboxRow): InboxItem[] {
  try {
    return decodeRow(row.id, row.posts);
  } catch {
    return [];
  }
}

function decode(deps: ProcessDeps, batch: Batch, row: InboxRow): InboxItem[] {
  try {
    return decodeRow(row.id, row.posts);
  } catch (error) {
    deps.log.error({ row: row.id, reason: messageOf(error) }, 'inbox.unreadable');
    batch.setAside.push({
      posts: row.posts,
      acceptedAt: row.acceptedAt,
      code: 'unreadable',
      message: 'The row of the inbox cannot be read.',
      subscriptionKey: null,
      resource: null,
    });
    return [];
  }
}
