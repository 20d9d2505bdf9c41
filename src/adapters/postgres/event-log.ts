import type { Pool } from 'pg';
import type { Append, AppendResult, EventLog } from '../../ports/event-log.ts';
import { readEvents } from './event-query.ts';
import { toLoggedEvent, type EventRow } from './event-row.ts';
import { query, refusesData, sqlState } from './pool.ts';

/** Partitions are made this many days ahead; the scheduler comes by far more often. */
const DAYS_AHEAD = 3;
/** "No partition found for row": the one check an append can violate. */
const NO_PARTITION = '23514';

export function eventLog(pool: Pool): EventLog {
  const ensurePartitions = async (): Promise<void> => {
    await query(pool, 'select heliograph.ensure_partitions($1)', [DAYS_AHEAD]);
  };
  return {
    async appendEvents(append) {
      try {
        return await appendEvents(pool, append);
      } catch (error) {
        if (sqlState(error) !== NO_PARTITION) throw error;
        await ensurePartitions();
        return appendEvents(pool, append);
      }
    },
    readEvents: (asked) => readEvents(pool, asked),
    async findEvent(sequence) {
      const [row] = await query<EventRow>(pool, 'select * from heliograph.events where sequence = $1', [
        sequence,
      ]);
      return row === undefined ? null : toLoggedEvent(row);
    },
    async logHead() {
      const [row] = await query<{ sequence: number }>(pool, 'select sequence from heliograph.log_head');
      return row?.sequence ?? 0;
    },
    ensurePartitions,
  };
}

const PARAMETERS = Array.from({ length: 26 }, (_, index) => `$${index + 1}`).join(', ');

interface AppendRow {
  status: 'appended' | 'stale' | 'lease_lost';
  head: number | null;
  duplicates: number[] | null;
  stale: number[] | null;
}

async function appendEvents(pool: Pool, append: Append): Promise<AppendResult> {
  const { events, remainders, setAside } = append;
  try {
    const [row] = await query<AppendRow>(pool, `select * from heliograph.append_events(${PARAMETERS})`, [
      append.owner,
      append.rows,
      events.map((event) => event.id),
      events.map((event) => event.type),
      events.map((event) => event.source),
      events.map((event) => event.subject),
      events.map((event) => event.time),
      events.map((event) => event.tenantId),
      events.map((event) => event.subscriptionKey),
      events.map((event) => event.changeType),
      events.map((event) => event.origin),
      events.map((event) => event.data),
      events.map((event) => event.verifiedAt),
      events.map((event) => event.fetchedAt),
      events.map((event) => event.readAtSequence),
      remainders.map((rest) => rest.lane),
      remainders.map((rest) => rest.posts),
      remainders.map((rest) => rest.items),
      remainders.map((rest) => rest.acceptedAt),
      remainders.map((rest) => Math.round(rest.delayMs)),
      setAside.map((aside) => aside.posts),
      setAside.map((aside) => aside.acceptedAt),
      setAside.map((aside) => aside.code),
      setAside.map((aside) => aside.message),
      setAside.map((aside) => aside.subscriptionKey),
      setAside.map((aside) => aside.resource),
    ]);
    if (row?.status === 'stale') return { status: 'stale', indices: row.stale ?? [] };
    if (row?.status !== 'appended') return { status: 'lease_lost' };
    return { status: 'appended', head: row.head ?? 0, duplicates: row.duplicates ?? [] };
  } catch (error) {
    if (refusesData(error)) return { status: 'refused', message: 'the database calls the data bad' };
    throw error;
  }
}
