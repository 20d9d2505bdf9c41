import type { Pool } from 'pg';
import { ALL_LANES } from '../../core/inbox.ts';
import type { InboxClaim, InboxRow, InboxStore, Remainder } from '../../ports/inbox-store.ts';
import { inTransaction, query, refusesData, WITHOUT_WAITING } from './pool.ts';
import { isoTime, isoTimeOrNull } from './rows.ts';

type Inbox = Omit<InboxStore, 'listSetAside' | 'runSetAside' | 'discardSetAside'>;

/** @param receiver a pool of its own, so that a busy worker never keeps a 202 waiting */
export function inbox(pool: Pool, receiver: Pool): Inbox {
  return {
    async commitToInbox(lane, posts, items) {
      try {
        const [row] = await query<{ id: number }>(
          receiver,
          'insert into heliograph.inbox (lane, posts, items) values ($1, $2, $3) returning id',
          [lane, posts, items],
        );
        return { status: 'committed', row: row?.id ?? 0 };
      } catch (error) {
        if (refusesData(error)) return { status: 'refused', message: 'the database calls the data bad' };
        throw error;
      }
    },
    claimInbox: (lane, claim) => claimInbox(pool, lane, claim),
    async extendInboxLease(owner, rows, leaseMs) {
      // Passing over what is locked: an append and this would else take the rows in different orders and dead-lock.
      await query(
        pool,
        `update heliograph.inbox i set leased_until = clock_timestamp() + $3 * interval '1 millisecond'
           from (select id from heliograph.inbox where id = any ($1) and owner = $2 for update skip locked) held,
                ${WITHOUT_WAITING}
          where i.id = held.id`,
        [rows, owner, leaseMs],
      );
    },
    async releaseInbox(owner, rows, delayMs) {
      await query(
        pool,
        `update heliograph.inbox set owner = null, leased_until = '-infinity',
                due_at = clock_timestamp() + $3 * interval '1 millisecond'
          where id = any ($1) and owner = $2`,
        [rows, owner, delayMs],
      );
    },
    splitInboxRow: (owner, row, into) => splitInboxRow(pool, owner, row, into),
    async dueLanes() {
      const rows = await query<{ lane: number }>(
        pool,
        `select lane from generate_series(0, $1::integer - 1) as lane
          where exists (select from heliograph.inbox i
                         where i.lane = lane::smallint and due_at <= clock_timestamp() and leased_until <= clock_timestamp())`,
        [ALL_LANES],
      );
      return rows.map(({ lane }) => lane);
    },
    inboxDepth: () => inboxDepth(pool),
  };
}

interface Row {
  id: number;
  posts: string;
  attempts: number;
  items: number;
  accepted_at: Date;
}

async function claimInbox(pool: Pool, lane: number, claim: InboxClaim): Promise<InboxRow[]> {
  const rows = await query<Row>(
    pool,
    `select id, posts, attempts, items, accepted_at
       from heliograph.claim_inbox($1::smallint, $2, $3 * interval '1 millisecond', $4, $5, $6) order by id`,
    [lane, claim.owner, claim.leaseMs, claim.maxRows, claim.maxBytes, claim.aloneAfter],
  );
  return rows.map(({ accepted_at, ...row }) => ({ ...row, acceptedAt: isoTime(accepted_at) }));
}

async function splitInboxRow(
  pool: Pool,
  owner: string,
  row: number,
  into: readonly Remainder[],
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const deleted = await client.query('delete from heliograph.inbox where id = $1 and owner = $2', [
      row,
      owner,
    ]);
    if (deleted.rowCount !== 1) return false;
    for (const part of into)
      await client.query(
        `insert into heliograph.inbox (lane, posts, items, accepted_at, due_at)
         values ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond')`,
        [part.lane, part.posts, part.items, part.acceptedAt, part.delayMs],
      );
    return true;
  });
}

async function inboxDepth(pool: Pool) {
  const [row] = await query<{ rows: number; items: number | null; oldest: Date | null; aside: number }>(
    pool,
    `select count(*) as rows, sum(items) as items, min(accepted_at) as oldest,
            (select count(*) from heliograph.set_aside) as aside
       from heliograph.inbox`,
  );
  return {
    rows: row?.rows ?? 0,
    items: row?.items ?? 0,
    oldestAcceptedAt: isoTimeOrNull(row?.oldest ?? null),
    setAside: row?.aside ?? 0,
  };
}
