import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { appendOf, newEvent } from '../support/new-event.ts';
import { until } from '../support/until.ts';

async function added(store: Store): Promise<string> {
  const name = `d-${randomUUID()}`;
  await store.ensureDestination(name, 'realtime');
  return name;
}

async function claimed(store: Store, name: string, owner = 'a', leaseMs = 60_000) {
  const claim = await store.claimCursor(name, owner, leaseMs);
  if (claim.status !== 'claimed') throw new Error(claim.status);
  return claim;
}

async function shown(store: Store, name: string) {
  return (await store.listDestinations()).find((each) => each.name === name);
}

export function destinationStoreContract(store: () => Store): void {
  describe('destinations', () => {
    it('starts at the head of the log, once', async () => {
      await store().appendEvents(appendOf([newEvent()]));
      const name = await added(store());
      await store().appendEvents(appendOf([newEvent()]));
      await store().ensureDestination(name, 'realtime');
      expect(await shown(store(), name)).toMatchObject({
        kind: 'realtime',
        status: 'active',
        lag: 1,
        parked: 0,
      });
    });

    it('is due while the log goes on after its cursor, and nobody reads it', async () => {
      const name = await added(store());
      expect(await store().dueDestinations()).not.toContain(name);
      await store().appendEvents(appendOf([newEvent()]));
      expect(await store().dueDestinations()).toContain(name);
      const { fence } = await claimed(store(), name);
      expect(await store().dueDestinations()).not.toContain(name);
      await store().releaseCursor(name, 'a', fence, null);
      expect(await store().dueDestinations()).toContain(name);
    });

    it('has one runner; who is taken over cannot move the cursor', async () => {
      const name = await added(store());
      const first = await claimed(store(), name, 'a', 30);
      expect(await store().claimCursor(name, 'b', 60_000)).toEqual({ status: 'held' });
      const second = await until(async () => {
        const claim = await store().claimCursor(name, 'b', 60_000);
        return claim.status === 'claimed' ? claim : null;
      });
      const from = first.cursor;
      const move = { name, from, to: from + 5, leaseMs: 60_000, parked: [] };
      expect(await store().moveCursor({ ...move, owner: 'a', fence: first.fence })).toBe(false);
      expect(await store().moveCursor({ ...move, owner: 'b', fence: second.fence })).toBe(true);
      expect(await store().moveCursor({ ...move, owner: 'b', fence: second.fence })).toBe(false);
      expect(await store().claimCursor('nothing', 'b', 1_000)).toEqual({ status: 'missing' });
    });

    it('waits after a failure, counts failures, and a success ends them', async () => {
      const name = await added(store());
      for (let failures = 0; failures < 3; failures++) {
        const { fence } = await claimed(store(), name);
        const retryAt = new Date(Date.now() - 1_000).toISOString();
        await store().releaseCursor(name, 'a', fence, { code: 'timeout', message: 'no answer', retryAt });
      }
      expect(await shown(store(), name)).toMatchObject({
        status: 'failing',
        failures: 3,
        lastError: {
          code: 'timeout',
          message: 'no answer',
          at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        },
      });
      const claim = await claimed(store(), name);
      expect(claim.failures).toBe(3);
      const retryAt = '2099-01-01T00:00:00.000Z';
      await store().releaseCursor(name, 'a', claim.fence, { code: 'reset', message: 'reset', retryAt });
      expect(await store().claimCursor(name, 'a', 1_000)).toEqual({ status: 'waiting', retryAt });
      expect(await store().dueDestinations()).not.toContain(name);
    });

    it('parks with the move, and gives parked events back when they are due', async () => {
      const name = await added(store());
      const { fence, cursor: from } = await claimed(store(), name);
      const parked = {
        sequence: from + 1,
        code: '413',
        message: 'too large',
        attempts: 1,
        nextAttemptAt: '2020-01-01T00:00:00.000Z',
      };
      const later = { ...parked, sequence: from + 2, nextAttemptAt: '2099-01-01T00:00:00.000Z' };
      const move = { name, owner: 'a', fence, from, to: from + 2, leaseMs: 1_000, parked: [parked, later] };
      expect(await store().moveCursor(move)).toBe(true);
      expect(await store().dueParked(name, 10)).toEqual([parked]);
      expect(await shown(store(), name)).toMatchObject({ parked: 2 });
      expect((await store().findParked(later.sequence)).get(name)).toEqual(later);
      expect((await store().findParked(from + 3)).has(name)).toBe(false);
      await store().settleParked(name, parked.sequence, { ...later, sequence: parked.sequence, attempts: 2 });
      expect(await store().dueParked(name, 10)).toEqual([]);
      await store().settleParked(name, parked.sequence, null);
      await store().settleParked(name, later.sequence, null);
      expect(await shown(store(), name)).toMatchObject({ parked: 0 });
    });

    it('knows the groups that are granted now, for as long as the longest grant', async () => {
      const [live, dead, both] = [randomUUID(), randomUUID(), randomUUID()];
      await store().grantGroups([live, both, both], '2099-01-01T00:00:00.000Z');
      await store().grantGroups([dead, both], '2020-01-01T00:00:00.000Z');
      await store().prune();
      const groups = await store().liveGroups();
      expect(groups).toEqual(expect.arrayContaining([live, both]));
      expect(groups).not.toContain(dead);
    });
  });

  describe('keys and leases', () => {
    it('keeps the hash of a key, the newest of a name', async () => {
      const name = randomUUID();
      await store().putApiKey(name, 'viewer', randomBytes(32));
      const hash = randomBytes(32);
      await store().putApiKey(name, 'admin', hash);
      const found = (await store().listApiKeys()).find((key) => key.name === name);
      expect(found).toEqual({ name, role: 'admin', hash });
    });

    it('lets one hold a lease, until it ends or is given up', async () => {
      const name = randomUUID();
      expect(await store().holdLease(name, 'a', 60_000)).toBe(true);
      expect(await store().holdLease(name, 'b', 60_000)).toBe(false);
      expect(await store().holdLease(name, 'a', 20)).toBe(true);
      await until(() => store().holdLease(name, 'b', 60_000));
      await store().releaseLease(name, 'a');
      expect(await store().holdLease(name, 'a', 1_000)).toBe(false);
      await store().releaseLease(name, 'b');
      expect(await store().holdLease(name, 'a', 1_000)).toBe(true);
    });

    it('answers a ping', async () => {
      await expect(store().ping()).resolves.toBeUndefined();
    });
  });
}
