import type { Pool } from 'pg';
import type { EventFilter, EventPage, EventQuery } from '../../ports/event-log.ts';
import { toLoggedEvent, type EventRow } from './event-row.ts';
import { LOG_HEAD, query } from './pool.ts';

/** One request looks at this many events at most, so that a filter that matches little answers quickly; `next` goes on. */
const SCAN = 100_000;

/** The log's head, and the oldest sequence still kept. */
interface Bounds {
  head: number;
  oldest: number;
}

/**
 * Reads a page together with the log's head, in one statement and so in one snapshot: `next` may then be the head where the
 * scan reached it, and no event that commits later can be skipped.
 */
export async function readEvents(pool: Pool, asked: EventQuery): Promise<EventPage> {
  const values: unknown[] = [asked.from, asked.limit];
  const conditions = [
    ...conditionsOf(asked.filter, values),
    ...(asked.scope === null ? [] : [scopeCondition(asked.scope, values)]),
  ];
  const ascending = asked.order === 'asc';
  // Bounds of the scan: (low, high], as expressions over the head.
  const from = '$1::bigint';
  const low = ascending ? from : `greatest(0, coalesce(${from} - 1, h.sequence) - ${SCAN})`;
  const high = ascending ? `least(h.sequence, ${from} + ${SCAN})` : `least(h.sequence, ${from} - 1)`;
  const rows = await query<Bounds & (EventRow | { sequence: null })>(
    pool,
    `select h.sequence as head, h.oldest, e.*
       from ${LOG_HEAD}
       left join lateral (
         select * from heliograph.events
          where sequence > ${low} and sequence <= ${high}${conditions.map((each) => ` and ${each}`).join('')}
          order by sequence ${ascending ? 'asc' : 'desc'}
          limit $2
       ) e on true`,
    values,
  );
  const head = rows[0]?.head ?? 0;
  const oldest = rows[0]?.oldest ?? 1;
  if (ascending && asked.from !== null && asked.from < oldest - 1) return { status: 'gone', oldest };
  const items = rows.flatMap((row) => (row.sequence === null ? [] : [toLoggedEvent(row)]));
  return { status: 'page', items, next: nextPosition(asked, items.at(-1)?.sequence, items.length, head) };
}

/** A full page ends at its last event; any other reached the bound of the scan. */
function nextPosition(asked: EventQuery, last: number | undefined, count: number, head: number): number {
  if (last !== undefined && count === asked.limit) return last;
  if (asked.order === 'asc') {
    const from = asked.from ?? 0;
    return Math.max(from, Math.min(head, from + SCAN));
  }
  const from = asked.from ?? head + 1;
  // Never above what was asked for, or a reader going backwards would turn round.
  return Math.min(from, Math.max(0, Math.min(head, from - 1) - SCAN) + 1);
}

function conditionsOf(filter: EventFilter, values: unknown[]): string[] {
  const conditions: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  if (filter.type !== undefined) add((p) => `type = ${p}`, filter.type);
  if (filter.subject?.endsWith('*')) add((p) => `starts_with(subject, ${p})`, filter.subject.slice(0, -1));
  else if (filter.subject !== undefined)
    add((p) => `hashtextextended(subject, 0) = hashtextextended(${p}, 0) and subject = ${p}`, filter.subject);
  if (filter.subscription !== undefined) add((p) => `subscription_key = ${p}`, filter.subscription);
  if (filter.tenant !== undefined) add((p) => `tenant_id = ${p}`, filter.tenant);
  if (filter.origin !== undefined) add((p) => `origin = ${p}`, filter.origin);
  if (filter.since !== undefined) add((p) => `accepted_at >= ${p}`, filter.since);
  if (filter.until !== undefined) add((p) => `accepted_at < ${p}`, filter.until);
  return conditions;
}

/** Any of the filters; an empty list, or one that filters nothing by mistake, is nothing rather than everything. */
function scopeCondition(scope: readonly EventFilter[], values: unknown[]): string {
  const alternatives = scope
    .map((filter) => conditionsOf(filter, values))
    .filter((conditions) => conditions.length > 0)
    .map((conditions) => `(${conditions.join(' and ')})`);
  return alternatives.length === 0 ? 'false' : `(${alternatives.join(' or ')})`;
}
