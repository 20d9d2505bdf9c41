import type { SubscriptionStatus } from '../core/subscription.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import { renewSubscription, type RenewDeps } from './renew-subscription.ts';

export interface RenewDueDeps extends RenewDeps {
  store: RenewDeps['store'] & Pick<SubscriptionStore, 'dueSubscriptions' | 'findSubscription'>;
}

const PASS = 200;
const AT_ONCE = 4;

/** Renews what is due now, as the scheduler would, and says what each came to. For cron; safe beside the scheduler. */
export async function renewDue(deps: RenewDueDeps): Promise<{ key: string; status: SubscriptionStatus }[]> {
  const due = await deps.store.dueSubscriptions(PASS);
  const renewed: { key: string; status: SubscriptionStatus }[] = [];
  const next = due.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const key of next) {
        await renewSubscription(deps, key);
        const after = await deps.store.findSubscription(key);
        if (after !== null) renewed.push({ key, status: after.status });
      }
    }),
  );
  return renewed;
}
