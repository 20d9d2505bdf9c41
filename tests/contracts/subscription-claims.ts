import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { until } from '../support/until.ts';
import { added, claimed, REASON, wanted } from './new-subscription.ts';

/** What an act on a subscription may rely on, whatever happens beside it. */
export function subscriptionClaimsContract(store: () => Store): void {
  describe('the claim of a subscription', () => {
    it('ends the claim of an act that was cut off, and lets another take over', async () => {
      const key = await added(store());
      const cutOff = await store().claimSubscription(key, 150);
      if (cutOff.status !== 'claimed') throw new Error(cutOff.status);
      await store().makeDue(key, null, null);
      expect(await store().claimSubscription(key, 60_000)).toEqual({ status: 'busy' });
      expect(await store().dueSubscriptions(1_000)).not.toContain(key);
      await until(async () => (await store().dueSubscriptions(1_000)).includes(key));
      const fence = await claimed(store(), key);
      expect(await store().extendClaim(key, cutOff.fence, 60_000)).toBe(false);
      expect(await store().settleSubscription(key, cutOff.fence, { failures: 9 })).toBe(false);
      expect(await store().markRemoved(key, cutOff.fence, REASON)).toBe(false);
      expect(await store().removeSubscription(key, cutOff.fence)).toBe(false);
      expect(await store().settleSubscription(key, fence, { failures: 0 })).toBe(true);
    });

    it('extends the claim of an act that is alive, and none that has ended', async () => {
      const key = await added(store());
      const short = await store().claimSubscription(key, 1);
      if (short.status !== 'claimed') throw new Error(short.status);
      expect(await store().extendClaim(key, short.fence, 60_000)).toBe(true);
      expect(await store().claimSubscription(key, 60_000)).toEqual({ status: 'busy' });
      await store().settleSubscription(key, short.fence, { failures: 0 });
      expect(await store().extendClaim(key, short.fence, 60_000)).toBe(false);
      expect(await store().extendClaim('nothing', 1, 60_000)).toBe(false);
      expect(await store().claimSubscription(key, 60_000)).toMatchObject({ status: 'claimed' });
    });

    it('is removed within an act, which goes on', async () => {
      const key = await added(store());
      const graphId = randomUUID();
      await store().settleSubscription(key, await claimed(store(), key), {
        status: 'active',
        graphId,
        failures: 0,
      });
      const fence = await claimed(store(), key);
      expect(await store().markRemoved(key, fence, REASON)).toBe(true);
      expect(await store().findSubscription(key)).toMatchObject({
        status: 'removed',
        graphId: null,
        reason: REASON,
      });
      expect(await store().makeDue(key, graphId, REASON)).toBe(false);
      expect(await store().settleSubscription(key, fence, { status: 'active', failures: 0 })).toBe(true);
    });

    it('that is being deleted has no orphan where another watches the same', async () => {
      const first = wanted();
      await store().addSubscription(first);
      await store().markDeleting(first.key);
      const fence = await claimed(store(), first.key);
      const orphan = randomUUID();
      expect(await store().rememberGraphId(first.key, fence, orphan)).toBe('remembered');
      await store().addSubscription({ ...first, key: randomUUID().replaceAll('-', '') });
      expect(await store().rememberGraphId(first.key, fence, randomUUID())).toBe('taken');
    });

    it('takes the claim from an act under way when it is to be deleted', async () => {
      const key = await added(store());
      const fence = await claimed(store(), key);
      expect(await store().markDeleting(key)).toBe(true);
      expect(await store().settleSubscription(key, fence, { status: 'active', failures: 0 })).toBe(false);
      expect(await store().findSubscription(key)).toMatchObject({ status: 'deleting' });
      expect(await store().dueSubscriptions(1_000)).toContain(key);
      expect(await store().removeSubscription(key, fence)).toBe(false);
      expect(await store().removeSubscription(key, await claimed(store(), key))).toBe(true);
      expect(await store().markDeleting(key)).toBe(false);
    });

    it('is removed for good by Graph though a renewal that Graph granted just before is still under way', async () => {
      const key = await added(store());
      const graphId = randomUUID();
      const alive = { status: 'active', graphId, failures: 0 } as const;
      await store().settleSubscription(key, await claimed(store(), key), alive);
      const fence = await claimed(store(), key);
      await store().makeDue(key, graphId, REASON);
      expect(await store().settleSubscription(key, fence, alive)).toBe(false);
      expect(await store().findSubscription(key)).toMatchObject({ status: 'removed', graphId: null });
      expect(await store().claimSubscription(key, 60_000)).toMatchObject({ status: 'claimed' });
    });

    it('made due while it is being acted on (Graph asks twice within seconds) is dealt with by that act', async () => {
      const key = await added(store());
      const fence = await claimed(store(), key);
      for (let times = 0; times < 2; times++) expect(await store().makeDue(key, null, null)).toBe(true);
      const renewAt = '2099-01-01T00:00:00.000Z';
      expect(await store().settleSubscription(key, fence, { status: 'active', renewAt, failures: 0 })).toBe(
        true,
      );
      expect(await store().dueSubscriptions(1_000)).not.toContain(key);
    });
  });
}
