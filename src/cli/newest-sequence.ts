import { parseSequence } from '../core/event.ts';
import { EventPage } from '../http/schemas/events.ts';
import type { ApiClient } from './api-client.ts';

/** Where the log ends: the sequence of its newest event; 0 where it has none. */
export async function newestSequence(api: ApiClient): Promise<number> {
  const { body } = await api.ask(EventPage, { path: '/events', query: { order: 'desc', limit: 1 } });
  return parseSequence(body.items[0]?.sequence ?? '0') ?? 0;
}

/** Says where the log ends, for a person who asked for what lies beyond it. */
export function endOfLog(newest: number): string {
  return newest === 0 ? 'The log is empty' : `The log ends at ${newest}`;
}
