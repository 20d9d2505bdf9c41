import { messageOf } from '../core/errors.ts';
import { formatSequence, toCloudEvent, type LoggedEvent } from '../core/event.ts';
import type { EventLog, EventPage, EventQuery } from '../ports/event-log.ts';
import type { Log } from '../ports/log.ts';
import type { LogTail } from './log-tail.ts';

/*
 * The log as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): `id:` is the sequence, so a
 * browser that reconnects names where it was; a comment every 15 s keeps proxies from closing the connection.
 */

const KEEP_ALIVE_MS = 15_000;
const KEEP_ALIVE = ': keep-alive\n\n';
/** Events read at once; what a slow client has not taken stays in the log, not in memory. */
export const STREAM_PAGE = 50;

export interface EventStreamDeps {
  store: Pick<EventLog, 'readEvents'>;
  tail: LogTail;
  log: Log;
  keepAliveMs?: number;
}

export type StreamStart = Pick<EventQuery, 'filter' | 'scope'> & {
  first: Extract<EventPage, { status: 'page' }>;
  signal: AbortSignal;
  /** Asked at each comment and before each page: whether the credential still counts. */
  stillAllowed: () => Promise<boolean>;
};

/** The texts to send, as fast as they are taken. Ends when the signal fires, the credential ends, or the log no longer has what is next. */
export async function* eventStream(deps: EventStreamDeps, start: StreamStart): AsyncGenerator<string> {
  const { filter, scope, signal, stillAllowed } = start;
  yield KEEP_ALIVE;
  for (let { items, next } = start.first; ;) {
    for (const event of items) yield frameOf(event);
    const moreIsThere = items.length === STREAM_PAGE;
    if (!moreIsThere && !(await deps.tail.beyond(next, deps.keepAliveMs ?? KEEP_ALIVE_MS, signal)))
      yield KEEP_ALIVE;
    if (signal.aborted || !(await stillAllowed())) return;
    const page = await readOn(deps, { order: 'asc', from: next, limit: STREAM_PAGE, filter, scope });
    if (page.status === 'gone') return;
    ({ items, next } = page);
  }
}

/** When the database does not answer the stream stays, and asks again when the log is known to have grown. */
async function readOn(deps: EventStreamDeps, query: EventQuery & { from: number }): Promise<EventPage> {
  try {
    return await deps.store.readEvents(query);
  } catch (error) {
    deps.log.warn({ reason: messageOf(error) }, 'event_stream.unavailable');
    return { status: 'page', items: [], next: query.from };
  }
}

function frameOf(event: LoggedEvent): string {
  return `id: ${formatSequence(event.sequence)}\ndata: ${JSON.stringify(toCloudEvent(event))}\n\n`;
}
