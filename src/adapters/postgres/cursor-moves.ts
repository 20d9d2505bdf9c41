import type { Pool } from 'pg';
import type { ParkedEvent } from '../../core/delivery.ts';
import type { DestinationStore } from '../../ports/destination-store.ts';
import { query, WITHOUT_WAITING } from './pool.ts';
import { isoTime } from './rows.ts';

type Moves = Pick<
  DestinationStore,
  'moveCursor' | 'releaseCursor' | 'dueParked' | 'findParked' | 'settleParked'
>;

/** What moves a cursor: always with the fence of its claim, so that a runner that was taken over changes nothing. */
export function cursorMoves(pool: Pool): Moves {
  return {
    async moveCursor({ name, owner, fence, from, to, leaseMs, parked }) {
      const rows = await query(
        pool,
        `with moved as (
           update heliograph.destinations
              set cursor = $5, leased_until = clock_timestamp() + $6 * interval '1 millisecond',
                  failures = 0, retry_at = null, last_delivered_at = clock_timestamp()
             from ${WITHOUT_WAITING}
            where name = $1 and owner = $2 and fence = $3 and cursor = $4
            returning name
         ), parked as (
           insert into heliograph.parked (destination, sequence, code, message, attempts, next_attempt_at)
           select moved.name, p.* from moved,
                  unnest($7::bigint[], $8::text[], $9::text[], $10::integer[], $11::timestamptz[]) as p
           on conflict do nothing
         )
         select name from moved`,
        [
          name,
          owner,
          fence,
          from,
          to,
          leaseMs,
          parked.map((event) => event.sequence),
          parked.map((event) => event.code),
          parked.map((event) => event.message),
          parked.map((event) => event.attempts),
          parked.map((event) => event.nextAttemptAt),
        ],
      );
      return rows.length > 0;
    },
    async releaseCursor(name, owner, fence, failure) {
      await query(
        pool,
        `update heliograph.destinations
            set owner = null, leased_until = '-infinity',
                failures = case when $4::text is null then failures else failures + 1 end,
                retry_at = coalesce($6::timestamptz, retry_at),
                last_error = case when $4::text is null then last_error
                                  else jsonb_build_object('code', $4::text, 'message', $5::text, 'at',
                                    to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end
           from ${WITHOUT_WAITING}
          where name = $1 and owner = $2 and fence = $3`,
        [name, owner, fence, failure?.code ?? null, failure?.message ?? null, failure?.retryAt ?? null],
      );
    },
    async dueParked(name, limit) {
      const rows = await query<ParkedRow>(
        pool,
        `select * from heliograph.parked
          where destination = $1 and next_attempt_at <= clock_timestamp() order by sequence limit $2`,
        [name, limit],
      );
      return rows.map(toParkedEvent);
    },
    async findParked(sequence) {
      const rows = await query<ParkedRow>(pool, 'select * from heliograph.parked where sequence = $1', [
        sequence,
      ]);
      return new Map(rows.map((row) => [row.destination, toParkedEvent(row)]));
    },
    async settleParked(name, sequence, next) {
      if (next === null)
        await query(pool, 'delete from heliograph.parked where destination = $1 and sequence = $2', [
          name,
          sequence,
        ]);
      else
        await query(
          pool,
          `update heliograph.parked set code = $3, message = $4, attempts = $5, next_attempt_at = $6
            where destination = $1 and sequence = $2`,
          [name, sequence, next.code, next.message, next.attempts, next.nextAttemptAt],
        );
    },
  };
}

interface ParkedRow {
  destination: string;
  sequence: number;
  code: string;
  message: string;
  attempts: number;
  next_attempt_at: Date;
}

function toParkedEvent({ sequence, code, message, attempts, next_attempt_at }: ParkedRow): ParkedEvent {
  return { sequence, code, message, attempts, nextAttemptAt: isoTime(next_attempt_at) };
}
