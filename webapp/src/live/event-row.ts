import type { CloudEvent } from '../../../src/http/schemas/events.ts';
import { aboutOf, type About } from '../../../src/core/about.ts';

/**
 * What the list keeps of an event: enough for a line, some hundred bytes. The content is read by its sequence when the event
 * is opened, so a browser that ran for days holds no mail bodies.
 */
export interface EventRow {
  sequence: number;
  id: string;
  /** RFC 3339 in UTC. */
  time: string;
  type: string;
  subject: string;
  changeType: string | null;
  origin: string;
  tenant: string | null;
  subscription: string | null;
  about: About;
  /** What the filter looks through, in small letters. */
  said: string;
}

export function rowOf(event: CloudEvent): EventRow {
  const about = aboutOf(event);
  const { type, subject, origin, subscriptionkey: subscription = null } = event;
  return {
    sequence: Number(event.sequence),
    id: event.id,
    time: event.time,
    type,
    subject,
    changeType: event.changetype ?? null,
    origin,
    tenant: event.tenantid ?? null,
    subscription,
    about,
    said: `${type} ${subject} ${subscription ?? ''} ${about.text} ${origin}`.toLowerCase(),
  };
}

/** The rows that say all of the words, in any case. */
export function filterRows(rows: readonly EventRow[], filter: string): readonly EventRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? rows : rows.filter((row) => words.every((word) => row.said.includes(word)));
}
