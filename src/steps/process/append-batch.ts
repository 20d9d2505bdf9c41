import { HubError, messageOf } from '../../core/errors.ts';
import { eventId, eventSource, eventType, versionOf, type NewEvent } from '../../core/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendResult, EventLog } from '../../ports/event-log.ts';
import type { Remainder } from '../../ports/inbox-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Work } from '../../ports/queue.ts';
import { remaindersOf, returnItems, setItemAside, type Batch } from './batch.ts';
import { fetchChanges, type Believed, type FetchChangesDeps, type Fetched } from './fetch-changes.ts';

export interface AppendBatchDeps extends FetchChangesDeps {
  store: FetchChangesDeps['store'] & Pick<EventLog, 'appendEvents'>;
  clock: Clock;
  log: Log;
  /** Names this process in leases. */
  owner: string;
  /** Called after events were appended; nobody waits for it. */
  appended: (head: number) => void;
  /** Gives a hint that there will be work after `delayMs`; nobody waits for it. */
  hint: (work: Work, delayMs: number) => void;
}

/** How often what was overtaken is fetched again at once; after that it goes back to the inbox. */
const FETCHES = 3;
const OVERTAKEN_DELAY_MS = 200;
/** What waits longer than this is the sweep's: a second more or less is nothing to it then. */
const HINT_WITHIN_MS = 60_000;

interface Ready {
  change: Fetched;
  event: NewEvent;
}

/** Fetches and appends a batch; its rows are deleted in the same transaction. */
export async function appendBatch(
  deps: AppendBatchDeps,
  batch: Batch,
  believed: readonly Believed[],
): Promise<void> {
  // In the order they came, fetched or not: a deletion must not be logged before the update it followed.
  const places = new Map(believed.map(({ item }, place) => [item, place]));
  const placeOf = ({ change }: Ready): number => places.get(change.item) ?? 0;
  const readyOf = async (changes: readonly Believed[], others: readonly Ready[]): Promise<Ready[]> =>
    [...others, ...toEvents(batch, await fetchChanges(deps, batch, changes))].sort(
      (a, b) => placeOf(a) - placeOf(b),
    );
  let ready = await readyOf(believed, []);
  for (let fetches = 1; ; fetches++) {
    const result = await append(deps, batch, ready);
    if (result.status !== 'stale') {
      if (result.status === 'refused') await appendHalves(deps, batch, ready);
      return;
    }
    const overtaken = new Set(result.indices);
    const stale = ready.filter((_, index) => overtaken.has(index)).map(({ change }) => change);
    ready = ready.filter((_, index) => !overtaken.has(index));
    if (fetches < FETCHES) ready = await readyOf(stale, ready);
    else
      returnItems(
        batch,
        stale.map(({ item }) => item),
        'overtaken',
        { lane: batch.lane, delayMs: OVERTAKEN_DELAY_MS },
      );
  }
}

async function append(deps: AppendBatchDeps, batch: Batch, ready: readonly Ready[]): Promise<AppendResult> {
  const events = ready.map(({ event }) => event);
  const { owner, lane, rows, setAside } = batch;
  const remainders = remaindersOf(batch);
  const result = await deps.store.appendEvents({ owner, rows, events, remainders, setAside });
  if (result.status === 'lease_lost') deps.log.warn({ rows: batch.rows }, 'inbox.lease_lost');
  if (result.status !== 'appended') return result;
  const duplicates = result.duplicates.length;
  const appended = events.length - duplicates;
  deps.log.info(
    {
      lane,
      rows: rows.length,
      head: result.head,
      appended,
      duplicates,
      returned: remainders.reduce((sum, { items }) => sum + items, 0),
      setAside: setAside.length,
    },
    'event.appended',
  );
  if (appended > 0) deps.appended(result.head);
  hintRemainders(deps, remainders);
  return result;
}

/** They are due to the millisecond, and the sweep comes once a second. */
function hintRemainders(deps: AppendBatchDeps, remainders: readonly Remainder[]): void {
  for (const { lane, delayMs } of remainders)
    if (delayMs < HINT_WITHIN_MS) deps.hint({ queue: 'process-inbox', id: String(lane) }, delayMs);
}

/**
 * The database refused the data of one event. The halves that are well are appended without touching the rows (their ids keep
 * them from being doubled); the one that is not is set aside together with the rows' deletion.
 */
async function appendHalves(deps: AppendBatchDeps, batch: Batch, ready: readonly Ready[]): Promise<void> {
  const apart: Batch = { ...batch, rows: [], returned: new Map(), setAside: [] };
  const queue: (readonly Ready[])[] = [ready];
  for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
    const result = part.length === 0 ? { status: 'appended' } : await append(deps, apart, part);
    const [only] = part;
    if (result.status === 'appended') continue;
    if (part.length > 1) {
      const middle = Math.ceil(part.length / 2);
      // To the front: what came first is appended first.
      queue.unshift(part.slice(0, middle), part.slice(middle));
    } else if (only !== undefined && result.status === 'stale') {
      returnItems(batch, [only.change.item], 'overtaken', { lane: batch.lane, delayMs: OVERTAKEN_DELAY_MS });
    } else if (only !== undefined) {
      setItemAside(
        batch,
        only.change.item,
        'refused_by_database',
        'The database refuses the data of this event.',
      );
    }
  }
  const { status } = await append(deps, batch, []);
  if (status === 'refused')
    throw new HubError(
      'internal',
      'The database refuses what is left of a batch that holds no event any more.',
    );
}

/** One bad item loses only itself. */
function toEvents(batch: Batch, changes: readonly Fetched[]): Ready[] {
  return changes.flatMap((change) => {
    try {
      return [{ change, event: toEvent(change) }];
    } catch (error) {
      setItemAside(
        batch,
        change.item,
        'processing_failed',
        `It cannot be made an event: ${messageOf(error)}`,
      );
      return [];
    }
  });
}

function toEvent(change: Fetched): NewEvent {
  const { item, watch, watched, subject, changeType } = change;
  return {
    id: eventId(watch.key, subject, changeType, versionOf(item.item), item.address),
    type: eventType(watched.kind, changeType),
    source: eventSource(watch.tenant, watch.key),
    subject,
    time: item.receivedAt,
    tenantId: watch.tenant,
    subscriptionKey: watch.key,
    changeType,
    origin: 'notification',
    data: JSON.stringify(change.data),
    verifiedAt: change.verifiedAt,
    fetchedAt: change.fetchedAt,
    readAtSequence: change.readAtSequence,
  };
}
