import { messageOf } from '../../core/errors.ts';
import type { LifecycleEvent, NotificationItem } from '../../core/notification.ts';
import type { Log } from '../../ports/log.ts';
import type { HeldSubscription, HeldSubscriptions } from './held-subscriptions.ts';
import type { NotificationDispatcher } from './notification-dispatcher.ts';
import { ITEM_KINDS } from './office-items.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatorTiming } from './simulator-timing.ts';
import { graphTime } from './subscription-calls.ts';

/*
 * What befalls a subscription without anybody's doing: it expires and vanishes, it is asked to reauthorize itself.
 * https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */

export interface SubscriptionLife {
  /** Tells the lifecycle URL; `subscriptionRemoved` also drops the subscription. False when there is none or it has no such URL. */
  send(subscriptionId: string, event: LifecycleEvent): Promise<boolean>;
  /** Outlook says when notifications were not delivered; nobody else does. */
  missed(items: readonly NotificationItem[]): void;
  /** Looks once after everything that is due. */
  tick(): Promise<void>;
}

export function subscriptionLife(
  deps: { held: HeldSubscriptions; dispatcher: () => NotificationDispatcher; log: Log; now: () => number },
  tenantId: string,
  timing: SimulatorTiming,
): SubscriptionLife {
  const { held, dispatcher, log, now } = deps;
  let ticking: Promise<void> | null = null;

  function tell(subscription: HeldSubscription, lifecycleEvent: LifecycleEvent): boolean {
    if (subscription.lifecycleNotificationUrl === null) return false;
    dispatcher().send(subscription.lifecycleNotificationUrl, {
      subscriptionId: subscription.id,
      subscriptionExpirationDateTime: graphTime(subscription.expiresAtMs),
      tenantId,
      ...(subscription.clientState !== null && { clientState: subscription.clientState }),
      lifecycleEvent,
    });
    return true;
  }

  /** Each is read when its turn comes: a PATCH may have been answered while the one before it was written. */
  async function lookAround(): Promise<void> {
    try {
      for (const { id } of held.all()) {
        const subscription = held.find(id);
        if (subscription === null) continue;
        if (subscription.expiresAtMs <= now()) {
          await held.drop(id);
          log.info({ graphId: id }, 'simulator.subscription_expired');
        } else if (subscription.challengeAtMs <= now()) {
          tell(subscription, 'reauthorizationRequired');
          const challengeAtMs = now() + timing.challengeEveryMs;
          await held.put({ ...subscription, challengeAtMs, challenges: subscription.challenges + 1 });
        }
      }
    } catch (error) {
      log.error({ error: messageOf(error) }, 'simulator.subscriptions_not_saved');
    }
  }

  return {
    send: async (subscriptionId, event) => {
      const subscription = held.find(subscriptionId);
      if (subscription === null || !tell(subscription, event)) return false;
      if (event === 'subscriptionRemoved') await held.drop(subscriptionId);
      return true;
    },
    missed: (items) => {
      const changes = items.filter((item) => item.changeType !== undefined);
      for (const id of new Set(changes.map((item) => item.subscriptionId))) {
        const subscription = held.find(id);
        if (subscription?.kind != null && ITEM_KINDS[subscription.kind].outlook) tell(subscription, 'missed');
      }
    },
    tick: () => {
      ticking ??= lookAround().finally(() => {
        ticking = null;
      });
      return ticking;
    },
  };
}

/** When to ask for reauthorization: at a random time after it was given, and at the latest a while before the expiry. */
export function nextChallenge(
  random: SeededRandom,
  timing: SimulatorTiming,
  nowMs: number,
  expiresAtMs: number,
): number {
  const { challengeAfterLeastMs, challengeAfterMostMs, challengeEveryMs } = timing;
  const drawn = nowMs + random.between(challengeAfterLeastMs, challengeAfterMostMs);
  return Math.max(nowMs + challengeAfterLeastMs, Math.min(drawn, expiresAtMs - challengeEveryMs));
}
