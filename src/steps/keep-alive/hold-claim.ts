import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { SubscriptionStore } from '../../ports/subscription-store.ts';
import { whileHeld, type HoldTiming } from '../held.ts';

export interface HoldClaimDeps {
  store: Pick<SubscriptionStore, 'extendClaim'>;
  log: Log;
}

/**
 * An act may take minutes (a name to resolve, a create that Graph answers after 30 s, an orphan found and deleted, a second create), and
 * a claim that long would keep a subscription busy long after its process was killed. So the claim is as short as the other leases, and
 * extended while the act is alive.
 */
export const CLAIM: HoldTiming = { leaseMs: 12_000, everyMs: 3_000, withinMs: 180_000 };

/** Runs an act and keeps its claim meanwhile. One that was lost the act learns of by its fence, which every write of it carries. */
export function holdClaim<Outcome>(
  { store, log }: HoldClaimDeps,
  { key, fence }: { key: string; fence: number },
  act: () => Promise<Outcome>,
  timing: HoldTiming = CLAIM,
): Promise<Outcome> {
  const extend = async (): Promise<boolean> => {
    try {
      return await store.extendClaim(key, fence, timing.leaseMs);
    } catch (error) {
      log.debug({ key, reason: messageOf(error) }, 'subscription.claim_not_extended');
      return true;
    }
  };
  return whileHeld(extend, timing, act);
}
