import { randomUUID } from 'node:crypto';
import type { NewSubscription } from '../../src/ports/subscription-store.ts';
import type { Store } from '../../src/ports/store.ts';

/** A subscription to a mailbox nobody else watches; every field can be given. */
export function wanted(fields: Partial<NewSubscription> = {}): NewSubscription {
  return {
    key: randomUUID().replaceAll('-', ''),
    tenant: 'tenant-a',
    resource: `users/${randomUUID()}/messages`,
    changeTypes: ['created', 'updated'],
    rich: false,
    fetch: 'get',
    ...fields,
  };
}

/** Adds it. @returns its key */
export async function added(store: Store, fields: Partial<NewSubscription> = {}): Promise<string> {
  const subscription = wanted(fields);
  await store.addSubscription(subscription);
  return subscription.key;
}

/** Claims it for a minute. @returns the fence */
export async function claimed(store: Store, key: string): Promise<number> {
  const claim = await store.claimSubscription(key, 60_000);
  if (claim.status !== 'claimed') throw new Error(claim.status);
  return claim.fence;
}

export const REASON = {
  code: 'x',
  message: 'Graph said no.',
  remedy: 'Ask again.',
  since: '2026-01-02T03:04:05.000Z',
};
