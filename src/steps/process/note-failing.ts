import type { EventData } from '../../core/event.ts';
import type { InboxItem } from '../../core/inbox.ts';
import { WRONG_SECRET } from '../../core/remedy.ts';
import type { SubscriptionStore, Watch } from '../../ports/subscription-store.ts';
import type { Batch } from './batch.ts';
import { recordGap, type RecordGapDeps } from '../record-gap.ts';

export interface NoteFailingDeps extends RecordGapDeps {
  store: RecordGapDeps['store'] &
    Pick<SubscriptionStore, 'findSubscription' | 'markFailing' | 'clearFailing'>;
}

const FORBIDDEN = 'fetch_forbidden';

/** What a batch found out about one subscription. */
interface Findings {
  watch: Watch;
  /** Graph's words, where it forbade any of the fetches. */
  forbidden: string | null;
  fetched: boolean;
  /** When what proved itself came. */
  receivedAt: readonly string[];
}

interface Change {
  item: InboxItem;
  watch: Watch;
  data: EventData;
}

/**
 * What the changes of a batch say about their subscriptions, told once for each. One whose fetches are forbidden is failing, and says
 * so; a batch in which all that was asked for was given ends it. What came here has proved itself, which ends a wrong secret: what was
 * dropped until then is a gap.
 */
export async function noteFailing(
  deps: NoteFailingDeps,
  batch: Batch,
  changes: readonly Change[],
): Promise<void> {
  for (const findings of findingsOf(changes)) {
    const { watch, forbidden } = findings;
    const status = forbidden === null ? 'well' : 'forbidden';
    if (batch.noted.get(watch.key) === status) continue;
    batch.noted.set(watch.key, status);
    if (watch.status === 'active' && forbidden !== null)
      await deps.store.markFailing(watch.key, {
        code: FORBIDDEN,
        message: `Graph does not let the hub read what changed: ${forbidden}`,
        remedy:
          'Where the message speaks of the sign-in (AADSTS…), put a valid client secret or certificate into the settings. Otherwise grant the application the read permission of the resource with admin consent, or switch the fetch off for this subscription.',
        since: new Date(deps.clock.now()).toISOString(),
      });
    if (watch.status === 'failing') await endFailing(deps, findings);
  }
}

async function endFailing(
  deps: NoteFailingDeps,
  { watch, forbidden, fetched, receivedAt }: Findings,
): Promise<void> {
  const reason = (await deps.store.findSubscription(watch.key))?.reason ?? null;
  if (reason?.code === FORBIDDEN && fetched && forbidden === null)
    await deps.store.clearFailing(watch.key, [FORBIDDEN]);
  if (reason?.code !== WRONG_SECRET) return;
  // What waited in the inbox since before the trouble says nothing about the secret of now.
  const [proven] = receivedAt.filter((at) => at > reason.since).sort();
  if (proven === undefined) return;
  // Whatever the receivers recorded of it themselves: one that was killed could not record its last.
  await recordGap(deps, { watch, cause: 'wrong_secret', from: reason.since, to: proven });
  await deps.store.clearFailing(watch.key, [WRONG_SECRET]);
}

function findingsOf(changes: readonly Change[]): Iterable<Findings> {
  const findings = new Map<string, Findings & { receivedAt: string[] }>();
  for (const { item, watch, data } of changes) {
    const of = findings.get(watch.key) ?? { watch, forbidden: null, fetched: false, receivedAt: [] };
    findings.set(watch.key, of);
    of.receivedAt.push(item.receivedAt);
    if (data.reason === undefined) of.fetched = true;
    else if (data.reason.code === 'forbidden') of.forbidden ??= data.reason.message;
  }
  return findings.values();
}
