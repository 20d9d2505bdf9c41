import { HubError } from '../core/errors.ts';
import { formatSequence, parseSequence } from '../core/event.ts';
import { eventTypeFlaw } from '../core/event-type.ts';
import type { EventFilter, EventQuery } from '../ports/event-log.ts';
import { badInput } from './problem.ts';
import type { EventsQuery, StreamQuery } from './schemas/events.ts';

const DEFAULT_LIMIT = 100;

/**
 * Reads a request for events. Oldest first after `after` (from the oldest kept when it is left out), or newest first before
 * `before`. Throws `bad_request` for positions that contradict the order.
 */
export function eventQueryOf(query: EventsQuery, scope: EventQuery['scope']): EventQuery {
  const { order = 'asc', limit = DEFAULT_LIMIT, after, before } = query;
  if (order === 'desc' && after !== undefined)
    throw badInput([{ path: 'after', message: 'goes with order=asc; use before' }]);
  if (order === 'asc' && before !== undefined)
    throw badInput([{ path: 'before', message: 'goes with order=desc; use after' }]);
  const from =
    order === 'asc'
      ? positionOf('after', after ?? '0')
      : before === undefined
        ? null
        : positionOf('before', before);
  return { order, from, limit, filter: eventFilterOf(query), scope };
}

/** @throws `bad_request` for what can match nothing: a type that is none, a time that no clock shows */
export function eventFilterOf(query: StreamQuery): EventFilter {
  const { type, subject, subscription, tenant, origin, since, until } = query;
  const flaw = type === undefined ? null : eventTypeFlaw(type);
  if (flaw !== null) throw badInput([{ path: 'type', message: flaw }]);
  return {
    ...(type !== undefined && { type }),
    ...(subject !== undefined && { subject }),
    ...(subscription !== undefined && { subscription }),
    ...(tenant !== undefined && { tenant }),
    ...(origin !== undefined && { origin }),
    ...(since !== undefined && { since: timeOf('since', since) }),
    ...(until !== undefined && { until: timeOf('until', until) }),
  };
}

/** @throws `bad_request` for what is larger than any sequence */
export function positionOf(path: string, text: string): number {
  const position = parseSequence(text);
  if (position === null) throw badInput([{ path, message: 'is not a sequence' }]);
  return position;
}

/** What an RFC 3339 time in UTC can say; an offset of its own may lead beyond the year 9999. */
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** In UTC. The format lets pass what no clock shows (a leap second, the year 0); the log begins after 1970. */
function timeOf(path: string, text: string): string {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw badInput([{ path, message: 'is not a time' }]);
  return new Date(Math.min(LATEST_MS, Math.max(0, milliseconds))).toISOString();
}

export function sequenceGone(oldest: number): HubError {
  return new HubError(
    'sequence_gone',
    `Events up to ${formatSequence(oldest - 1)} are no longer kept. Go on from ${formatSequence(oldest)}, and read the rest from Graph.`,
    { extra: { oldest: formatSequence(oldest) } },
  );
}
