import type { Log } from '../ports/log.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import { createSubscription, type CreateSubscriptionDeps } from '../steps/keep-alive/create-subscription.ts';
import { PEOPLE } from './graph-simulator/people.ts';

export interface FirstSubscriptionsDeps extends CreateSubscriptionDeps {
  store: CreateSubscriptionDeps['store'] & Pick<SubscriptionStore, 'listSubscriptions'>;
  log: Log;
}

/** With the simulator, something to see from the start: two mailboxes and a calendar. Only where nothing is watched yet. */
export async function createFirstSubscriptions(deps: FirstSubscriptionsDeps): Promise<number> {
  const watched = await deps.store.listSubscriptions({ after: null, limit: 1 });
  if (watched.length > 0) return 0;
  const [first, second] = PEOPLE;
  if (first === undefined || second === undefined) return 0;
  const resources = [`users/${first.id}/messages`, `users/${second.id}/messages`, `users/${first.id}/events`];
  // Side by side: all three are on the record before Graph answers the first, so a hub killed meanwhile goes on with all of them.
  const create = async (resource: string): Promise<void> => {
    const outcome = await createSubscription(deps, { resource });
    if (outcome.status !== 'created')
      deps.log.warn({ resource, outcome: outcome.status }, 'subscription.first_not_created');
  };
  await Promise.all(resources.map(create));
  return resources.length;
}
