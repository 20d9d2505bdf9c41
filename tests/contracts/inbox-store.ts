import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ALL_LANES } from '../../src/core/inbox.ts';
import type { InboxClaim, NewSetAside } from '../../src/ports/inbox-store.ts';
import type { Store } from '../../src/ports/store.ts';
import { appendOf, newEvent } from '../support/new-event.ts';
import { until } from '../support/until.ts';

function aside(message: string): NewSetAside {
  return {
    posts: `["${message}"]`,
    acceptedAt: '2026-01-02T03:04:05.678Z',
    code: 'wrong_tenant',
    message,
    subscriptionKey: 'k',
    resource: null,
  };
}

/** Lanes that no worker of the product has: each test takes one of its own. */
let lane = 1_000 + Math.floor(Math.random() * 20_000);

function claimOf(claim: Partial<InboxClaim> = {}): InboxClaim {
  return {
    owner: randomUUID(),
    leaseMs: 60_000,
    maxRows: 20,
    maxBytes: 1_000_000,
    aloneAfter: 4,
    ...claim,
  };
}

async function commit(store: Store, to: number, posts: string): Promise<number> {
  const result = await store.commitToInbox(to, posts, 1);
  if (result.status !== 'committed') throw new Error(result.status);
  return result.row;
}

export function inboxStoreContract(store: () => Store): void {
  describe('inbox', () => {
    it('gives back what was committed, oldest first, to the letter', async () => {
      const mine = lane++;
      const text = '[{"a":"\\u0000 \\ud800 ü \u{1F600}"}]';
      const first = await commit(store(), mine, text);
      const second = await commit(store(), mine, '[2]');
      const rows = await store().claimInbox(mine, claimOf());
      expect(rows.map(({ id, posts, attempts }) => ({ id, posts, attempts }))).toEqual([
        { id: first, posts: text, attempts: 1 },
        { id: second, posts: '[2]', attempts: 1 },
      ]);
    });

    it('calls a text with a bare NUL refused, not unavailable', async () => {
      expect(await store().commitToInbox(lane++, '["\u0000"]', 1)).toMatchObject({ status: 'refused' });
    });

    it('gives a leased row to nobody else until the lease ends', async () => {
      const mine = lane++;
      const row = await commit(store(), mine, '[]');
      expect(await store().claimInbox(mine, claimOf({ leaseMs: 50 }))).toHaveLength(1);
      expect(await store().claimInbox(mine, claimOf())).toHaveLength(0);
      const again = await until(async () => (await store().claimInbox(mine, claimOf()))[0]);
      expect(again).toMatchObject({ id: row, attempts: 2 });
    });

    it('lets a lease last, only for the one who has it', async () => {
      const mine = lane++;
      const row = await commit(store(), mine, '[]');
      await store().claimInbox(mine, claimOf({ owner: 'holder', leaseMs: 60_000 }));
      await store().extendInboxLease('another', [row], 0);
      expect(await store().claimInbox(mine, claimOf())).toHaveLength(0);
      await store().extendInboxLease('holder', [row, row + 1_000_000], 0);
      expect(await store().claimInbox(mine, claimOf())).toMatchObject([{ id: row, attempts: 2 }]);
    });

    it('bounds a claim in rows and in bytes, but always gives one', async () => {
      const mine = lane++;
      for (let count = 0; count < 5; count++) await commit(store(), mine, `["${'x'.repeat(100)}"]`);
      expect(await store().claimInbox(mine, claimOf({ maxBytes: 1 }))).toHaveLength(1);
      expect(await store().claimInbox(mine, claimOf({ maxBytes: 150 }))).toHaveLength(2);
      expect(await store().claimInbox(mine, claimOf({ maxRows: 1 }))).toHaveLength(1);
      expect(await store().claimInbox(mine, claimOf())).toHaveLength(1);
    });

    it('gives a row that was attempted too often alone', async () => {
      const mine = lane++;
      const bad = await commit(store(), mine, '["bad"]');
      for (let attempt = 0; attempt < 2; attempt++) {
        const [row] = await store().claimInbox(mine, claimOf({ owner: 'crasher' }));
        expect(row?.id).toBe(bad);
        await store().releaseInbox('crasher', [bad], 0);
      }
      await commit(store(), mine, '["good"]');
      const alone = await store().claimInbox(mine, claimOf({ aloneAfter: 2 }));
      expect(alone).toMatchObject([{ id: bad, attempts: 3 }]);
      expect(await store().claimInbox(mine, claimOf({ aloneAfter: 2 }))).toMatchObject([
        { posts: '["good"]' },
      ]);
    });

    it('splits a row only for the one who holds it', async () => {
      const mine = lane++;
      const row = await commit(store(), mine, '["both"]');
      const owner = randomUUID();
      await store().claimInbox(mine, claimOf({ owner }));
      const parts = ['["a"]', '["b"]'].map((posts) => ({
        lane: mine,
        posts,
        items: 1,
        acceptedAt: new Date().toISOString(),
        delayMs: 0,
      }));
      expect(await store().splitInboxRow('somebody else', row, parts)).toBe(false);
      expect(await store().splitInboxRow(owner, row, parts)).toBe(true);
      const rows = await store().claimInbox(mine, claimOf());
      expect(rows.map(({ posts }) => posts)).toEqual(['["a"]', '["b"]']);
    });

    it('lists lanes with something due, and not what is leased or delayed', async () => {
      const mine = ALL_LANES - 1;
      const owner = randomUUID();
      await store().claimInbox(mine, claimOf({ owner }));
      await commit(store(), mine, '[]');
      expect(await store().dueLanes()).toContain(mine);
      const [row] = await store().claimInbox(mine, claimOf({ owner }));
      expect(await store().dueLanes()).not.toContain(mine);
      await store().releaseInbox(owner, [row?.id ?? 0], 60_000);
      expect(await store().dueLanes()).not.toContain(mine);
    });

    it('counts what waits', async () => {
      const before = await store().inboxDepth();
      await store().commitToInbox(lane++, '[]', 7);
      const after = await store().inboxDepth();
      expect(after.rows - before.rows).toBe(1);
      expect(after.items - before.items).toBe(7);
      expect(after.oldestAcceptedAt).toMatch(/Z$/);
    });
  });

  describe('set-aside items', () => {
    it('are listed newest first, run again, and discarded', async () => {
      const setAside = ['one', 'two', 'three'].map(aside);
      await store().appendEvents(appendOf([newEvent()], { setAside }));
      const [three, two, one] = await store().listSetAside({ before: null, limit: 3 });
      expect([three?.message, two?.message, one?.message]).toEqual(['three', 'two', 'one']);
      expect(one).toMatchObject(aside('one'));
      expect(await store().listSetAside({ before: two?.id ?? 0, limit: 1 })).toMatchObject([
        { message: 'one' },
      ]);

      const { ran, lanes } = await store().runSetAside([one?.id ?? 0]);
      expect(ran).toBe(1);
      const [row] = await store().claimInbox(lanes[0] ?? -1, claimOf());
      expect(row).toMatchObject({ posts: '["one"]', acceptedAt: '2026-01-02T03:04:05.678Z' });

      expect(await store().discardSetAside(two?.id ?? 0)).toBe(true);
      expect(await store().discardSetAside(two?.id ?? 0)).toBe(false);
      expect((await store().runSetAside(null)).ran).toBeGreaterThanOrEqual(1);
      expect(await store().listSetAside({ before: null, limit: 1 })).toEqual([]);
    });
  });
}
