import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { SubscriptionStore } from '../../ports/subscription-store.ts';

export interface HoldClaimDeps {
  store: Pick<SubscriptionStore, 'extendClaim'>;
  log: Log;
}

export interface HoldTiming {
  leaseMs: number;
  everyMs: number;
  /** An act that takes longer has lost itself: its claim is left to end. */
  withinMs: number;
}

/**
 * An act may take minutes (a name to resolve, a create that Graph answers after 30 s, an orphan found and deleted, a second create), and
 * a claim that long would keep a subscription busy long after its process was killed. So the claim is as short as the other leases, and
 * extended while the act is alive.
 */
export const CLAIM: HoldTiming = { leaseMs: 12_000, everyMs: 3_000, withinMs: 180_000 };

/**
 * Runs an act and keeps its claim meanwhile. A claim that was lost is not asked for again; the act learns of it by its fence, which every
 * write of it carries.
 */
export async function holdClaim<Outcome>(
  { store, log }: HoldClaimDeps,
  { key, fence }: { key: string; fence: number },
  act: () => Promise<Outcome>,
  { leaseMs, everyMs, withinMs }: HoldTiming = CLAIM,
): Promise<Outcome> {
  const until = performance.now() + withinMs;
  const extend = async (): Promise<void> => {
    try {
      const held = performance.now() < until && (await store.extendClaim(key, fence, leaseMs));
      if (!held) clearInterval(timer);
    } catch (error) {
      log.debug({ key, reason: messageOf(error) }, 'subscription.claim_not_extended');
    }
  };
  const timer = setInterval(() => void extend(), everyMs);
  timer.unref();
  try {
    return await act();
  } finally {
    clearInterval(timer);
  }
}
