import { judge, type Judgement } from '../../core/authority.ts';
import { keyIn } from '../../core/client-state.ts';
import type { InboxItem } from '../../core/inbox.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SubscriptionStore, Watch } from '../../ports/subscription-store.ts';
import { returnItems, setItemAside, type Batch } from './batch.ts';
import type { Believed } from './fetch-changes.ts';
import { handleLifecycle, type HandleLifecycleDeps } from './handle-lifecycle.ts';

/* The worker's own checks: whether each notification is about what its subscription watches, and what becomes of it where it is not. */

export interface JudgeItemsDeps extends HandleLifecycleDeps {
  store: HandleLifecycleDeps['store'] & Pick<SubscriptionStore, 'findWatches'>;
  clock: Clock;
}

/** How long one is waited for that names an id which none of the subscription's creates is known to have had, and no create is awaited. */
const NOT_YET_KNOWN_FOR_MS = 120_000;
/** It comes back after a quarter of its age: soon when a create is being answered, seldom when Graph is down for hours. */
const NOT_YET_KNOWN_DELAY = { leastMs: 500, mostMs: 60_000, ofAge: 1 / 4 };

/**
 * The changes among them. What tells of a subscription's own life is acted upon; what is not believed is set aside or, where its time may
 * come yet, goes back.
 */
export async function judgeItems(
  deps: JudgeItemsDeps,
  batch: Batch,
  items: readonly InboxItem[],
): Promise<Believed[]> {
  const keyed = items.map((item) => ({ item, key: provenKey(item) }));
  const keys = [...new Set(keyed.flatMap(({ key }) => (key === null ? [] : [key])))];
  const watches = new Map((await deps.store.findWatches(keys)).map((watch) => [watch.key, watch]));
  const believed: Believed[] = [];
  for (const { item, key } of keyed) {
    const watch = key === null ? undefined : watches.get(key);
    const judgement = judge(item.item, watch);
    if (judgement.status === 'change' && watch !== undefined)
      believed.push({ ...judgement, item, watch, verifiedAt: new Date(deps.clock.now()).toISOString() });
    else await settleUnbelieved(deps, batch, item, judgement, watch);
  }
  return believed;
}

async function settleUnbelieved(
  deps: JudgeItemsDeps,
  batch: Batch,
  item: InboxItem,
  judgement: Judgement,
  watch: Watch | undefined,
): Promise<void> {
  switch (judgement.status) {
    case 'lifecycle':
      if (watch !== undefined) await handleLifecycle(deps, watch, judgement.event, item);
      return;
    case 'not_yet_known': {
      const nowMs = deps.clock.now();
      const ageMs = nowMs - Date.parse(item.receivedAt);
      const { leastMs, mostMs, ofAge } = NOT_YET_KNOWN_DELAY;
      const delayMs = Math.round(Math.min(mostMs, Math.max(leastMs, ageMs * ofAge)));
      if (watch?.awaitsId === true || ageMs < NOT_YET_KNOWN_FOR_MS)
        returnItems(batch, [{ ...item, askedFrom: new Date(nowMs).toISOString() }], 'not_yet_known', {
          lane: batch.lane,
          delayMs,
        });
      else
        setItemAside(
          batch,
          item,
          'unknown_graph_id',
          "The notification is not believed: it names a subscription id of Graph's that is none this subscription had.",
        );
      return;
    }
    case 'suspicious':
      deps.log.warn({ code: judgement.code, key: watch?.key }, 'notification.suspicious');
      setItemAside(batch, item, judgement.code, judgement.message);
      return;
    case 'unwanted':
      deps.log.info({ key: watch?.key }, 'notification.unwanted');
      return;
    case 'change':
      return;
  }
}

/** Only what proved itself is in the inbox: the receiver's word. Asked again, a secret that was taken away since would lose it. */
function provenKey({ item }: InboxItem): string | null {
  return keyIn(item.clientState);
}
