import type { Pool } from 'pg';
import { BREAKER_FAILURES, type Destination, type DestinationKind } from '../../core/delivery.ts';
import type { CursorClaim, DestinationStore } from '../../ports/destination-store.ts';
import { cursorMoves } from './cursor-moves.ts';
import { LOG_HEAD, query, WITHOUT_WAITING } from './pool.ts';
import { isoTime, isoTimeOrNull } from './rows.ts';

export function destinations(pool: Pool): DestinationStore {
  return {
    ...cursorMoves(pool),
    async ensureDestination(name, kind) {
      await query(
        pool,
        `insert into heliograph.destinations (name, kind, cursor)
         select $1, $2, sequence from heliograph.log_head on conflict do nothing`,
        [name, kind],
      );
    },
    listDestinations: () => listDestinations(pool),
    async dueDestinations() {
      const rows = await query<{ name: string }>(
        pool,
        `select d.name from heliograph.destinations d, ${LOG_HEAD}
          where not d.paused and d.leased_until <= clock_timestamp()
            and (d.retry_at is null or d.retry_at <= clock_timestamp())
            and (d.cursor < h.sequence
                 or exists (select from heliograph.parked p
                             where p.destination = d.name and p.next_attempt_at <= clock_timestamp()))`,
      );
      return rows.map(({ name }) => name);
    },
    claimCursor: (name, owner, leaseMs) => claimCursor(pool, name, owner, leaseMs),
    async grantGroups(groups, expiresAt) {
      await query(
        pool,
        `insert into heliograph.grants (group_name, expires_at)
         select distinct g, $2::timestamptz from unnest($1::text[]) as g
         on conflict (group_name) do update set expires_at = greatest(heliograph.grants.expires_at, excluded.expires_at)`,
        [groups, expiresAt],
      );
    },
    async liveGroups() {
      const rows = await query<{ group_name: string }>(
        pool,
        'select group_name from heliograph.grants where expires_at > clock_timestamp()',
      );
      return rows.map(({ group_name }) => group_name);
    },
  };
}

interface ClaimRow {
  cursor: number;
  fence: number;
  failures: number;
}

async function claimCursor(pool: Pool, name: string, owner: string, leaseMs: number): Promise<CursorClaim> {
  const [claimed] = await query<ClaimRow>(
    pool,
    `update heliograph.destinations
        set owner = $2, fence = fence + 1, leased_until = clock_timestamp() + $3 * interval '1 millisecond'
       from ${WITHOUT_WAITING}
      where name = $1 and not paused and leased_until <= clock_timestamp()
        and (retry_at is null or retry_at <= clock_timestamp())
      returning cursor, fence, failures`,
    [name, owner, leaseMs],
  );
  if (claimed !== undefined) return { status: 'claimed', ...claimed };
  const [row] = await query<{ paused: boolean; retry_at: Date | null; waits: boolean }>(
    pool,
    `select paused, retry_at, coalesce(retry_at > clock_timestamp(), false) as waits
       from heliograph.destinations where name = $1`,
    [name],
  );
  if (row === undefined) return { status: 'missing' };
  if (row.paused) return { status: 'paused' };
  return row.waits && row.retry_at !== null
    ? { status: 'waiting', retryAt: isoTime(row.retry_at) }
    : { status: 'held' };
}

interface DestinationRow {
  name: string;
  kind: DestinationKind;
  paused: boolean;
  cursor: number;
  head: number;
  parked: number;
  failures: number;
  last_error: Destination['lastError'];
  retry_at: Date | null;
  last_delivered_at: Date | null;
}

async function listDestinations(pool: Pool): Promise<Destination[]> {
  const rows = await query<DestinationRow>(
    pool,
    `select d.*, h.sequence as head,
            (select count(*) from heliograph.parked p where p.destination = d.name) as parked
       from heliograph.destinations d, ${LOG_HEAD} order by d.name`,
  );
  return rows.map((row) => ({
    name: row.name,
    kind: row.kind,
    status: row.paused ? 'paused' : row.failures >= BREAKER_FAILURES ? 'failing' : 'active',
    cursor: row.cursor,
    lag: Math.max(0, row.head - row.cursor),
    parked: row.parked,
    failures: row.failures,
    lastError: row.last_error,
    retryAt: isoTimeOrNull(row.retry_at),
    lastDeliveredAt: isoTimeOrNull(row.last_delivered_at),
  }));
}
