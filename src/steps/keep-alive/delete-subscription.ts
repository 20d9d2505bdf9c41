import type { SubscriptionStore } from '../../ports/subscription-store.ts';
import { renewSubscription, type RenewDeps } from './renew-subscription.ts';

export interface DeleteSubscriptionDeps extends RenewDeps {
  store: RenewDeps['store'] & Pick<SubscriptionStore, 'markDeleting'>;
}

/** `deleting`: Graph could not be reached, or refuses (the reason says why); the scheduler goes on trying, and nothing it still posts becomes an event. */
export type DeleteOutcome = { status: 'deleted' | 'deleting' | 'missing' };

export async function deleteSubscription(deps: DeleteSubscriptionDeps, key: string): Promise<DeleteOutcome> {
  if (!(await deps.store.markDeleting(key))) return { status: 'missing' };
  const outcome = await renewSubscription(deps, key);
  return { status: outcome.status === 'deleted' || outcome.status === 'missing' ? 'deleted' : 'deleting' };
}
