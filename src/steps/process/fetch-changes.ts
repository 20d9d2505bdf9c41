import type { EventData } from '../../core/event.ts';
import { fetchVerdict } from '../../core/fetch-verdict.ts';
import { SLOW_LANE, type InboxItem } from '../../core/inbox.ts';
import { mailboxOf, type ChangeType, type WatchedResource } from '../../core/resource-catalogue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { GraphAnswer } from '../../ports/graph-api.ts';
import type { Watch } from '../../ports/subscription-store.ts';
import { returnItems, type Batch } from './batch.ts';
import type { BudgetedRequest, FetchBudget } from './fetch-budget.ts';
import { noteFailing, type NoteFailingDeps } from './note-failing.ts';

/** A change that was judged to be its subscription's. */
export interface Believed {
  item: InboxItem;
  watch: Watch;
  watched: WatchedResource;
  subject: string;
  changeType: ChangeType;
  verifiedAt: string;
}

/** A change with everything an event needs. `readAtSequence`: the log's head before the fetch began. */
export interface Fetched extends Believed {
  data: EventData;
  fetchedAt: string | null;
  readAtSequence: number | null;
}

export interface FetchChangesDeps extends NoteFailingDeps {
  store: NoteFailingDeps['store'] & Pick<EventLog, 'logHead'>;
  budget: Pick<FetchBudget, 'fetch'>;
  clock: Clock;
  /**
   * Tenants, and mailboxes as `{tenant}/{mailbox}`, that gave no answer in time lately, with the time until which they count as
   * slow. Shared by a process's lanes.
   */
  slowTenants: Map<string, number>;
  fetchPatienceMs: number;
}

/** How long a batch waits for Graph: in the common lanes short, because other tenants' items wait with it. */
const FETCH_WITHIN_MS = 2_500;
const SLOW_FETCH_WITHIN_MS = 10_000;
const SLOW_FOR_MS = 30_000;

/**
 * Fetches what changed, each resource once however many items speak of it (the fetches are coalesced, never the events). What
 * Graph cannot answer now goes back as a remainder of the batch.
 */
export async function fetchChanges(
  deps: FetchChangesDeps,
  batch: Batch,
  changes: readonly Believed[],
): Promise<Fetched[]> {
  const done: Fetched[] = [];
  const wanted = new Map<string, Believed[]>();
  for (const change of changes) {
    const reason = reasonNotToFetch(change);
    if (reason !== null) done.push({ ...change, data: reason, fetchedAt: null, readAtSequence: null });
    else if (batch.lane !== SLOW_LANE && isSlow(deps, change))
      returnItems(batch, [change.item], 'unreachable', { lane: SLOW_LANE, delayMs: 0 });
    else {
      const of = wanted.get(change.watch.tenant);
      if (of) of.push(change);
      else wanted.set(change.watch.tenant, [change]);
    }
  }
  if (wanted.size > 0) {
    const readAtSequence = await deps.store.logHead();
    const fetched = await Promise.all(
      [...wanted].map(([tenant, of]) => fetchTenant(deps, batch, tenant, of, readAtSequence)),
    );
    done.push(...fetched.flat());
  }
  await noteFailing(deps, batch, done);
  return done;
}

function reasonNotToFetch(change: Believed): EventData | null {
  const { resourceData } = change.item.item;
  const told = resourceData === undefined || resourceData === null ? {} : { resourceData };
  if (change.changeType === 'deleted')
    return { ...told, reason: { code: 'deleted', message: 'The resource was deleted.' } };
  if (change.watch.fetch === 'none')
    return { ...told, reason: { code: 'fetch_off', message: 'The subscription does not fetch.' } };
  return null;
}

function isSlow(deps: FetchChangesDeps, { watch, watched, subject }: Believed): boolean {
  const names = [watch.tenant, slowMailbox(watch.tenant, mailboxOf(watched.kind, subject))];
  return names.some((name) => (deps.slowTenants.get(name) ?? 0) > deps.clock.now());
}

function slowMailbox(tenant: string, mailbox: string | null): string {
  return `${tenant}/${mailbox ?? ''}`;
}

/**
 * After a fetch that ran out of time. A tenant most of whose mailboxes were silent is slow as a whole; one that answers for the
 * others is not, or a burst in one mailbox (of which Outlook answers four at a time) would hold up all the tenant's.
 */
function noteSlow(
  deps: FetchChangesDeps,
  tenant: string,
  requests: readonly BudgetedRequest[],
  answers: readonly GraphAnswer<unknown>[],
): void {
  const mailboxes = (silent: boolean): Set<string> =>
    new Set(
      requests
        .filter((_, index) => (answers[index]?.status === 'unreachable') === silent)
        .map(({ mailbox }) => slowMailbox(tenant, mailbox)),
    );
  const silent = mailboxes(true);
  const answered = mailboxes(false);
  const now = deps.clock.now();
  for (const [name, until] of deps.slowTenants) if (until <= now) deps.slowTenants.delete(name);
  const slow = silent.size > answered.size ? [tenant] : silent;
  for (const name of slow) deps.slowTenants.set(name, now + SLOW_FOR_MS);
}

async function fetchTenant(
  deps: FetchChangesDeps,
  batch: Batch,
  tenant: string,
  changes: readonly Believed[],
  readAtSequence: number,
): Promise<Fetched[]> {
  const requests = new Map<string, BudgetedRequest>();
  for (const { subject, watched } of changes)
    requests.set(subject, {
      path: subject,
      immutableIds: watched.kind.immutableIds,
      mailbox: mailboxOf(watched.kind, subject),
    });
  const withinMs = batch.lane === SLOW_LANE ? SLOW_FETCH_WITHIN_MS : FETCH_WITHIN_MS;
  const signal = AbortSignal.timeout(withinMs);
  const asked = [...requests.values()];
  const answers = await deps.budget.fetch(tenant, asked, signal);
  if (signal.aborted) noteSlow(deps, tenant, asked, answers);
  const fetchedAt = new Date(deps.clock.now()).toISOString();
  const bySubject = new Map([...requests.keys()].map((subject, index) => [subject, answers[index]]));
  const fetched: Fetched[] = [];
  for (const change of changes) {
    const answer = bySubject.get(change.subject);
    if (answer === undefined) continue;
    const data = dataFrom(deps, batch, change, answer);
    if (data !== null) fetched.push({ ...change, data: { ...data, fetchedAt }, fetchedAt, readAtSequence });
  }
  return fetched;
}

/** The event's data; null when the item went back. */
function dataFrom(
  deps: FetchChangesDeps,
  batch: Batch,
  change: Believed,
  answer: GraphAnswer<unknown>,
): EventData | null {
  const { item } = change;
  const verdict = fetchVerdict(answer, {
    cause: item.cause,
    returns: item.returns,
    ageMs: deps.clock.now() - Date.parse(item.askedFrom),
    patienceMs: deps.fetchPatienceMs,
    random: deps.clock.random(),
  });
  if (verdict.status === 'again') {
    const lane = verdict.cause === 'unreachable' ? SLOW_LANE : batch.lane;
    returnItems(batch, [item], verdict.cause, { lane, delayMs: verdict.delayMs });
    return null;
  }
  const { resourceData } = item.item;
  return resourceData === undefined || resourceData === null
    ? verdict.data
    : { ...verdict.data, resourceData };
}
