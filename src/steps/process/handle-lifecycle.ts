import type { InboxItem } from '../../core/inbox.ts';
import type { LifecycleEvent } from '../../core/notification.ts';
import { REMOVED_BY_GRAPH } from '../../core/remedy.ts';
import type { Subscription } from '../../core/subscription.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Queue } from '../../ports/queue.ts';
import type { SubscriptionStore, Watch } from '../../ports/subscription-store.ts';
import { recordGap, type RecordGapDeps } from '../record-gap.ts';

export interface HandleLifecycleDeps extends RecordGapDeps {
  store: RecordGapDeps['store'] & Pick<SubscriptionStore, 'makeDue' | 'findSubscription'>;
  queue: Pick<Queue, 'wake'>;
  clock: Clock;
  log: Log;
}

/**
 * What Graph says about a subscription itself (https://learn.microsoft.com/graph/change-notifications-lifecycle-events). It only
 * marks what is due; the act at Graph is `renewSubscription`, under its claim.
 *   reauthorizationRequired  PATCH, which renews and reauthorizes in one
 *   subscriptionRemoved      create anew; the hole is recorded when that is done
 *   missed                   a gap, on the record
 * What was meant for an id that Graph no longer has, or for one that is paused, comes to nothing.
 */
export async function handleLifecycle(
  deps: HandleLifecycleDeps,
  watch: Watch,
  event: LifecycleEvent,
  item: InboxItem,
): Promise<void> {
  if (event === 'missed') return recordMissed(deps, watch, item);
  const isDue =
    event === 'reauthorizationRequired'
      ? await deps.store.makeDue(watch.key, null, null)
      : await deps.store.makeDue(watch.key, item.item.subscriptionId, {
          ...REMOVED_BY_GRAPH,
          since: item.receivedAt,
        });
  deps.log.info({ key: watch.key, event }, 'subscription.lifecycle');
  if (isDue) await wakeRenewal(deps, watch.key);
}

/** A hint: the scheduler finds what is due anyway. */
async function wakeRenewal(deps: HandleLifecycleDeps, key: string): Promise<void> {
  try {
    await deps.queue.wake({ queue: 'renew-subscription', id: key });
  } catch {
    deps.log.debug({ key }, 'subscription.wake_failed');
  }
}

/**
 * How long Graph goes on trying before it calls a notification missed: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 * Later ones may have come meanwhile, so the last that came says nothing about when the missed one was due.
 */
const GIVES_UP_AFTER_MS = 4 * 3_600_000;

async function recordMissed(deps: HandleLifecycleDeps, watch: Watch, item: InboxItem): Promise<void> {
  const subscription = await deps.store.findSubscription(watch.key);
  if (subscription === null) return;
  const from = missedSince(subscription, item.receivedAt);
  await recordGap(deps, { watch: subscription, cause: 'missed', from, to: item.receivedAt });
  deps.log.warn({ key: watch.key, from, to: item.receivedAt }, 'subscription.missed');
}

/** The last that came, or earlier where Graph may have been trying since before; never before there was a subscription. */
function missedSince({ createdAt, lastNotificationAt }: Subscription, toldAt: string): string {
  const triedSince = new Date(Date.parse(toldAt) - GIVES_UP_AFTER_MS).toISOString();
  const last = lastNotificationAt ?? createdAt;
  const from = last < triedSince ? last : triedSince;
  return from > createdAt ? from : createdAt;
}
