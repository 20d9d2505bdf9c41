import { describe } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { destinationStoreContract } from './destination-store.ts';
import { eventLogContract } from './event-log.ts';
import { inboxStoreContract } from './inbox-store.ts';
import { subscriptionClaimsContract } from './subscription-claims.ts';
import { subscriptionStoreContract } from './subscription-store.ts';

/** What every Store promises. `store()` is asked for inside the tests; it may be shared, each test uses ids of its own. */
export function storeContract(name: string, store: () => Store): void {
  describe(`Store on ${name}`, () => {
    inboxStoreContract(store);
    eventLogContract(store);
    subscriptionStoreContract(store);
    subscriptionClaimsContract(store);
    destinationStoreContract(store);
  });
}
