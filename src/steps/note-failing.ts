import type { EventData } from '../core/event.ts';
import type { Clock } from '../ports/clock.ts';
import type { SubscriptionStore, Watch } from '../ports/subscription-store.ts';
import type { Batch } from './batch.ts';
import { WRONG_SECRET } from './watch-forgeries.ts';

export interface NoteFailingDeps {
  store: Pick<SubscriptionStore, 'markFailing' | 'clearFailing'>;
  clock: Clock;
}

const FORBIDDEN = 'fetch_forbidden';

/** What a batch found out about one subscription. */
interface Findings {
  watch: Watch;
  /** Graph's words, where it forbade any of the fetches. */
  forbidden: string | null;
  fetched: boolean;
}

/**
 * What the changes of a batch say about their subscriptions, told once for each. One whose fetches are forbidden is failing, and says
 * so; a batch in which all that was asked for was given ends it. What came here has proved itself, which ends a wrong secret.
 */
export async function noteFailing(
  deps: NoteFailingDeps,
  batch: Batch,
  changes: readonly { watch: Watch; data: EventData }[],
): Promise<void> {
  for (const { watch, forbidden, fetched } of findingsOf(changes)) {
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
    if (watch.status === 'failing')
      await deps.store.clearFailing(
        watch.key,
        fetched && forbidden === null ? [WRONG_SECRET, FORBIDDEN] : [WRONG_SECRET],
      );
  }
}

function findingsOf(changes: readonly { watch: Watch; data: EventData }[]): Iterable<Findings> {
  const findings = new Map<string, Findings>();
  for (const { watch, data } of changes) {
    const of = findings.get(watch.key) ?? { watch, forbidden: null, fetched: false };
    findings.set(watch.key, of);
    if (data.reason === undefined) of.fetched = true;
    else if (data.reason.code === 'forbidden') of.forbidden ??= data.reason.message;
  }
  return findings.values();
}
