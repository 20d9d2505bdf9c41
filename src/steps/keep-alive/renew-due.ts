import type { SubscriptionStatus } from '../../core/subscription.ts';
import type { SubscriptionStore } from '../../ports/subscription-store.ts';
import { renewSubscription, type RenewDeps } from './renew-subscription.ts';

export interface RenewDueDeps extends RenewDeps {
  store: RenewDeps['store'] & Pick<SubscriptionStore, 'dueSubscriptions' | 'findSubscription'>;
}

const PASS = 200;
const AT_ONCE = 4;

/**
 * Renews what is due now, as the scheduler would, and says what each came to. For cron; safe beside the scheduler. One that cannot be
 * renewed is due again later, so this comes to an end.
 */
export async function renewDue(deps: RenewDueDeps): Promise<{ key: string; status: SubscriptionStatus }[]> {
  const seen = new Set<string>();
  const renewed: { key: string; status: SubscriptionStatus }[] = [];
  for (;;) {
    const due = (await deps.store.dueSubscriptions(PASS)).filter((key) => !seen.has(key));
    if (due.length === 0) return renewed;
    const next = due.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const key of next) {
          seen.add(key);
          await renewSubscription(deps, key);
          const after = await deps.store.findSubscription(key);
          if (after !== null) renewed.push({ key, status: after.status });
        }
      }),
    );
  }
}
