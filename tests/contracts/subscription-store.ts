import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { appendOf, newEvent } from '../support/new-event.ts';
import { added, claimed, REASON, wanted } from './new-subscription.ts';

export function subscriptionStoreContract(store: () => Store): void {
  describe('subscriptions', () => {
    it('keeps one, finds it, lists it', async () => {
      const subscription = wanted();
      expect(await store().addSubscription(subscription)).toMatchObject({
        status: 'added',
        subscription: { ...subscription, status: 'creating', reason: null, graphId: null, expiresAt: null },
      });
      expect(await store().findSubscription(subscription.key)).toMatchObject(subscription);
      expect(await store().findSubscription('nothing')).toBeNull();
      const keys: string[] = [];
      for (let after: string | null = null; ; after = keys.at(-1) ?? null) {
        const page: { key: string }[] = await store().listSubscriptions({ after, limit: 2 });
        keys.push(...page.map(({ key }) => key));
        if (page.length < 2) break;
      }
      expect(keys).toContain(subscription.key);
      expect(new Set(keys).size).toBe(keys.length);
    });

    it('watches the same only once, until it is being deleted', async () => {
      const first = wanted();
      await store().addSubscription(first);
      const again = { ...first, key: randomUUID().replaceAll('-', '') };
      expect(await store().addSubscription(again)).toEqual({ status: 'conflict', key: first.key });
      await store().markDeleting(first.key);
      expect(await store().addSubscription(again)).toMatchObject({ status: 'added' });
    });

    it('lets one act at a time, and only its fence may settle', async () => {
      const key = await added(store());
      const fence = await claimed(store(), key);
      expect(await store().claimSubscription(key, 60_000)).toEqual({ status: 'busy' });
      expect(await store().claimSubscription('nothing', 60_000)).toEqual({ status: 'missing' });
      expect(await store().settleSubscription(key, fence - 1, { failures: 9 })).toBe(false);
      const settled = { status: 'failing', reason: REASON, failures: 3 } as const;
      expect(await store().settleSubscription(key, fence, settled)).toBe(true);
      expect(await store().findSubscription(key)).toMatchObject({ status: 'failing', reason: REASON });
      expect(await store().claimSubscription(key, 60_000)).toMatchObject({ status: 'claimed', failures: 3 });
    });

    it.each(['settled', 'remembered'] as const)(
      'makes due what waits for an id when that is %s, and nothing else',
      async (how) => {
        const key = await added(store());
        const other = await added(store());
        const waits = async (posts: object): Promise<number> => {
          const lane = 21_001 + Math.floor(Math.random() * 10_000);
          const owner = randomUUID();
          await store().commitToInbox(lane, JSON.stringify([posts]), 1);
          const claim = { owner, leaseMs: 60_000, maxRows: 1, maxBytes: 1_000, aloneAfter: 4 };
          const [row] = await store().claimInbox(lane, claim);
          await store().releaseInbox(owner, [row?.id ?? 0], 60_000);
          return lane;
        };
        const isDue = async (lane: number): Promise<boolean> =>
          (
            await store().claimInbox(lane, {
              owner: 'x',
              leaseMs: 60_000,
              maxRows: 1,
              maxBytes: 1_000,
              aloneAfter: 4,
            })
          ).length > 0;
        const mine = await waits({
          cause: 'not_yet_known',
          body: { value: [{ clientState: `v.${key}.m` }] },
        });
        const others = await waits({
          cause: 'not_yet_known',
          body: { value: [{ clientState: `v.${other}.m` }] },
        });
        const throttled = await waits({
          cause: 'throttled',
          body: { value: [{ clientState: `v.${key}.m` }] },
        });
        const fence = await claimed(store(), key);
        if (how === 'remembered') await store().rememberGraphId(key, fence, randomUUID());
        else
          await store().settleSubscription(key, fence, {
            status: 'active',
            graphId: randomUUID(),
            failures: 0,
          });
        expect([await isDue(mine), await isDue(others), await isDue(throttled)]).toEqual([
          true,
          false,
          false,
        ]);
      },
    );

    it('remembers every id Graph gave', async () => {
      const key = await added(store());
      for (const graphId of [randomUUID(), randomUUID()])
        await store().settleSubscription(key, await claimed(store(), key), {
          status: 'active',
          graphId,
          expiresAt: '2030-01-01T00:00:00.000Z',
          failures: 0,
        });
      const [watch] = await store().findWatches([key, 'nothing']);
      expect(watch).toMatchObject({ key, tenant: 'tenant-a', fetch: 'get', status: 'active' });
      expect(watch?.graphIds).toHaveLength(2);
      expect(await store().findSubscription(key)).toMatchObject({ expiresAt: '2030-01-01T00:00:00.000Z' });
    });

    it('remembers an id that was never its own for long, only within the act; one of another stays there', async () => {
      const [key, other] = [await added(store()), await added(store())];
      const [orphan, taken] = [randomUUID(), randomUUID()];
      await store().settleSubscription(other, await claimed(store(), other), { graphId: taken, failures: 0 });
      const fence = await claimed(store(), key);
      expect(await store().rememberGraphId(key, fence - 1, orphan)).toBe('lost');
      expect(await store().rememberGraphId('nothing', fence, orphan)).toBe('lost');
      expect(await store().findWatches([key])).toMatchObject([{ graphIds: [] }]);
      for (let times = 0; times < 2; times++)
        expect(await store().rememberGraphId(key, fence, orphan)).toBe('remembered');
      expect(await store().rememberGraphId(key, fence, taken)).toBe('taken');
      expect(await store().findWatches([key])).toMatchObject([{ graphIds: [orphan] }]);
      expect(await store().findWatches([other])).toMatchObject([{ graphIds: [taken] }]);
      expect(await store().findSubscription(key)).toMatchObject({ graphId: null });
      expect(await store().settleSubscription(key, fence, { status: 'active', failures: 0 })).toBe(true);
    });

    it('awaits an id for as long as Graph is still to be asked for one', async () => {
      const key = await added(store());
      const awaits = async () => (await store().findWatches([key]))[0]?.awaitsId;
      const settle = async (change: object) =>
        store().settleSubscription(key, await claimed(store(), key), { failures: 0, ...change });
      expect(await awaits()).toBe(true);
      await settle({ status: 'failing', renewAt: '2030-01-01T00:00:00.000Z' });
      expect(await awaits()).toBe(true);
      await settle({ status: 'active', graphId: randomUUID() });
      expect(await awaits()).toBe(false);
      await store().patchSubscription(key, { paused: true });
      await settle({ graphId: null });
      expect(await awaits()).toBe(true);
      await settle({ renewAt: null });
      expect(await awaits()).toBe(false);
    });

    it('is added or says what is in the way, however quickly that comes and goes', async () => {
      const resource = `users/${randomUUID()}/messages`;
      const addAndForget = async (): Promise<string> => {
        const result = await store().addSubscription(wanted({ resource }));
        if (result.status !== 'added') return result.status;
        const { key } = result.subscription;
        await store().removeSubscription(key, await claimed(store(), key));
        return 'added';
      };
      for (let round = 0; round < 10; round++) {
        const results = await Promise.all(Array.from({ length: 8 }, addAndForget));
        expect(results).toContain('added');
      }
    });

    it('pauses and goes on', async () => {
      const key = await added(store());
      expect(await store().patchSubscription(key, { paused: true })).toMatchObject({
        status: 'paused',
        fetch: 'get',
      });
      expect(await store().patchSubscription(key, { fetch: 'none' })).toMatchObject({
        status: 'paused',
        fetch: 'none',
      });
      expect(await store().patchSubscription(key, { paused: false })).toMatchObject({ status: 'removed' });
      expect(await store().patchSubscription('nothing', { paused: true })).toBeNull();
    });

    it('is left as it is, and so is an act under way, when nothing new is wished', async () => {
      const key = await added(store());
      const graphId = randomUUID();
      await store().settleSubscription(key, await claimed(store(), key), {
        status: 'active',
        graphId,
        renewAt: '2099-01-01T00:00:00.000Z',
        failures: 0,
      });
      await store().markFailing(key, REASON);
      const fence = await claimed(store(), key);
      expect(await store().patchSubscription(key, { paused: false })).toMatchObject({
        status: 'failing',
        reason: REASON,
        renewAt: '2099-01-01T00:00:00.000Z',
      });
      expect(await store().settleSubscription(key, fence, { failures: 0 })).toBe(true);
    });

    it('is due when its time has come and nobody acts on it', async () => {
      const key = await added(store());
      await store().makeDue(key, null, null);
      expect(await store().dueSubscriptions(1_000)).toContain(key);
      const fence = await claimed(store(), key);
      expect(await store().dueSubscriptions(1_000)).not.toContain(key);
      await store().settleSubscription(key, fence, {
        status: 'active',
        graphId: randomUUID(),
        renewAt: '2099-01-01T00:00:00.000Z',
        failures: 0,
      });
      expect(await store().dueSubscriptions(1_000)).not.toContain(key);
      await store().makeDue(key, null, null);
      expect(await store().dueSubscriptions(1_000)).toContain(key);
    });

    it('is not due at once: for some seconds it is left to whoever added it', async () => {
      const before = Date.now();
      const outcome = await store().addSubscription(wanted());
      if (outcome.status !== 'added') throw new Error(outcome.status);
      const { key, renewAt } = outcome.subscription;
      expect(await store().dueSubscriptions(1_000)).not.toContain(key);
      const aheadMs = Date.parse(renewAt ?? '') - before;
      expect(aheadMs).toBeGreaterThan(5_000);
      expect(aheadMs).toBeLessThan(15_000);
    });

    it('is removed only by the id Graph has now', async () => {
      const key = await added(store());
      const [old, now] = [randomUUID(), randomUUID()];
      for (const graphId of [old, now])
        await store().settleSubscription(key, await claimed(store(), key), {
          status: 'active',
          graphId,
          expiresAt: '2099-01-01T00:00:00.000Z',
          failures: 0,
        });
      expect(await store().makeDue(key, old, REASON)).toBe(false);
      expect(await store().findSubscription(key)).toMatchObject({ status: 'active', graphId: now });
      expect(await store().makeDue(key, now, REASON)).toBe(true);
      expect(await store().findSubscription(key)).toMatchObject({
        status: 'removed',
        graphId: null,
        expiresAt: null,
        reason: REASON,
      });
    });

    it.each(['paused', 'deleting'] as const)('is not made due by Graph while it is %s', async (status) => {
      const key = await added(store());
      const graphId = randomUUID();
      await store().settleSubscription(key, await claimed(store(), key), { graphId, failures: 0 });
      if (status === 'paused') await store().patchSubscription(key, { paused: true });
      else await store().markDeleting(key);
      expect(await store().makeDue(key, null, null)).toBe(false);
      expect(await store().makeDue(key, graphId, REASON)).toBe(false);
      expect(await store().makeDue('nothing', null, null)).toBe(false);
      expect(await store().findSubscription(key)).toMatchObject({ status, graphId, reason: null });
    });

    it('fails and recovers by the code of the reason', async () => {
      const key = await added(store());
      await store().settleSubscription(key, await claimed(store(), key), { status: 'active', failures: 0 });
      await store().markFailing(key, REASON);
      await store().clearFailing(key, ['another']);
      expect(await store().findSubscription(key)).toMatchObject({ status: 'failing', reason: REASON });
      await store().clearFailing(key, ['another', REASON.code]);
      expect(await store().findSubscription(key)).toMatchObject({ status: 'active', reason: null });
    });

    it('turns a principal name into an id, and finds that another watches it', async () => {
      const key = await added(store(), { resource: 'users/jane@contoso.com/messages' });
      const id = randomUUID();
      const fence = await claimed(store(), key);
      const resolved = await store().resolveResource(key, fence, `users/${id}/messages`);
      expect(resolved).toEqual({ status: 'resolved' });
      const twin = await added(store(), { resource: 'users/jane@contoso.com/messages' });
      const twinFence = await claimed(store(), twin);
      expect(await store().resolveResource(twin, twinFence, `users/${id}/messages`)).toEqual({
        status: 'conflict',
        key,
      });
      expect(await store().resolveResource(key, fence - 1, 'users')).toEqual({ status: 'lost' });
    });

    it('knows when it was told something last', async () => {
      const key = await added(store());
      const time = '2026-03-04T05:06:07.000Z';
      await store().appendEvents(appendOf([newEvent({ subscriptionKey: key, time })]));
      expect(await store().findSubscription(key)).toMatchObject({ lastNotificationAt: time });
      await store().appendEvents(
        appendOf([newEvent({ subscriptionKey: key, time: '2026-03-04T05:00:00.000Z' })]),
      );
      expect(await store().findSubscription(key)).toMatchObject({ lastNotificationAt: time });
    });

    it('counts by status', async () => {
      const before = await store().countSubscriptions();
      await added(store());
      const after = await store().countSubscriptions();
      expect(after.creating - before.creating).toBe(1);
      expect(after.paused).toBeTypeOf('number');
    });
  });
}
