import type { Hub } from '../src/hub.ts';
import type { QueueWorker } from '../src/ports/queue.ts';
import { renewSubscription } from '../src/steps/keep-alive/renew-subscription.ts';

const AT_ONCE = 4;

/** Subscriptions that are due: created, renewed, recreated or deleted at Graph. */
export function workOnSubscriptions(hub: Hub): QueueWorker {
  return hub.queue.work('renew-subscription', AT_ONCE, async (key) => {
    await renewSubscription(hub, key);
  });
}
