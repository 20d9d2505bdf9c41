import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventQuery } from '../../src/ports/event-log.ts';
import type { Store } from '../../src/ports/store.ts';
import { appendOf, newEvent } from '../support/new-event.ts';

function queryOf(asked: Partial<EventQuery>): EventQuery {
  return { order: 'asc', from: 0, limit: 100, filter: {}, scope: null, ...asked };
}

async function read(store: Store, asked: Partial<EventQuery>) {
  const page = await store.readEvents(queryOf(asked));
  if (page.status !== 'page') throw new Error(page.status);
  return page;
}

export function eventLogContract(store: () => Store): void {
  describe('log', () => {
    it('numbers without gaps, in commit order, under concurrent appends', async () => {
      const start = await store().logHead();
      await Promise.all(
        Array.from({ length: 10 }, () =>
          store().appendEvents(appendOf(Array.from({ length: 7 }, () => newEvent()))),
        ),
      );
      const { items, next } = await read(store(), { from: start });
      expect(items.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 70 }, (_, at) => start + 1 + at),
      );
      expect(next).toBe(start + 70);
    });

    it('gives an event back as it was appended', async () => {
      const event = newEvent({
        data: '{"resource":{"body":"\\u0000 \\udc00 ü"}}',
        time: '2026-01-02T03:04:05.678Z',
        fetchedAt: '2026-01-02T03:04:06.000Z',
        subscriptionKey: 'somekey',
      });
      const result = await store().appendEvents(appendOf([event]));
      const sequence = result.status === 'appended' ? result.head : -1;
      const { readAtSequence: _, ...logged } = event;
      expect(await store().findEvent(sequence)).toMatchObject({ ...logged, sequence });
      expect(await store().findEvent(sequence + 1_000_000)).toBeNull();
    });

    it('appends an id once, within a batch and between batches', async () => {
      const event = newEvent();
      const start = await store().logHead();
      const first = await store().appendEvents(appendOf([event, event, newEvent()]));
      expect(first).toEqual({ status: 'appended', head: start + 2, duplicates: [1] });
      const second = await store().appendEvents(appendOf([event]));
      expect(second).toEqual({ status: 'appended', head: start + 2, duplicates: [0] });
    });

    it('appends an id once when two append it at the same time', async () => {
      const events = Array.from({ length: 20 }, () => newEvent());
      const start = await store().logHead();
      const results = await Promise.all([
        store().appendEvents(appendOf(events)),
        store().appendEvents(appendOf(events.toReversed())),
      ]);
      const duplicates = results.map((result) =>
        result.status === 'appended' ? result.duplicates.length : -1,
      );
      expect(duplicates.toSorted((a, b) => a - b)).toEqual([0, 20]);
      expect(await store().logHead()).toBe(start + 20);
    });

    it('keeps the order of a batch', async () => {
      const start = await store().logHead();
      const events = Array.from({ length: 30 }, () => newEvent());
      await store().appendEvents(appendOf(events));
      const { items } = await read(store(), { from: start });
      expect(items.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    });

    it('answers stale, writing nothing, when another event of the subject came after the fetch began', async () => {
      const subject = `users/u/messages/${randomUUID()}`;
      const readAtSequence = await store().logHead();
      await store().appendEvents(appendOf([newEvent({ subject })]));
      const head = await store().logHead();
      const batch = [newEvent({ readAtSequence }), newEvent({ subject, readAtSequence })];
      expect(await store().appendEvents(appendOf(batch))).toEqual({ status: 'stale', indices: [1] });
      expect(await store().logHead()).toBe(head);
      const fresh = await store().appendEvents(appendOf([newEvent({ subject, readAtSequence: head })]));
      expect(fresh).toMatchObject({ status: 'appended', duplicates: [] });
      const otherTenant = newEvent({ subject, readAtSequence, tenantId: 'tenant-b' });
      expect(await store().appendEvents(appendOf([otherTenant]))).toMatchObject({ status: 'appended' });
    });

    it('deletes the inbox rows with the append, and writes nothing when one of them is not held', async () => {
      const lane = 30_000;
      const owner = randomUUID();
      await store().commitToInbox(lane, '["x"]', 1);
      const claim = { owner, leaseMs: 60_000, maxRows: 5, maxBytes: 1_000, aloneAfter: 9 };
      const [row] = await store().claimInbox(lane, claim);
      const rows = [row?.id ?? 0];
      const head = await store().logHead();
      const lost = await store().appendEvents(appendOf([newEvent()], { owner: 'another', rows }));
      expect(lost).toEqual({ status: 'lease_lost' });
      expect(await store().logHead()).toBe(head);
      const remainder = {
        lane: 30_001,
        posts: '["rest"]',
        items: 1,
        acceptedAt: '2026-01-02T03:04:05.678Z',
        delayMs: 0,
      };
      expect(
        await store().appendEvents(appendOf([newEvent()], { owner, rows, remainders: [remainder] })),
      ).toMatchObject({ status: 'appended' });
      expect(await store().appendEvents(appendOf([newEvent()], { owner, rows }))).toEqual({
        status: 'lease_lost',
      });
      expect(await store().claimInbox(30_001, claim)).toMatchObject([
        { posts: '["rest"]', acceptedAt: remainder.acceptedAt },
      ]);
    });

    it('refuses data the database cannot hold, as a value', async () => {
      const head = await store().logHead();
      const result = await store().appendEvents(appendOf([newEvent({ subject: 'users/\u0000' })]));
      expect(result).toMatchObject({ status: 'refused' });
      expect(await store().logHead()).toBe(head);
    });

    it('pages forwards and backwards, and next goes on even where nothing matched', async () => {
      const start = await store().logHead();
      const tenantId = randomUUID();
      const events = Array.from({ length: 10 }, (_, at) =>
        newEvent({
          tenantId: at % 2 === 0 ? tenantId : 'other',
          subject: `users/u/messages/${tenantId}-${at}`,
        }),
      );
      await store().appendEvents(appendOf(events));
      const filter = { tenant: tenantId };
      const one = await read(store(), { from: start, limit: 3, filter });
      expect(one.items.map(({ sequence }) => sequence - start)).toEqual([1, 3, 5]);
      expect(one.next).toBe(start + 5);
      const two = await read(store(), { from: one.next, limit: 3, filter });
      expect(two.items.map(({ sequence }) => sequence - start)).toEqual([7, 9]);
      expect(two.next).toBe(await store().logHead());
      const none = await read(store(), { from: two.next, filter });
      expect(none).toMatchObject({ items: [], next: two.next });

      const newest = await read(store(), { order: 'desc', from: null, limit: 2, filter });
      expect(newest.items.map(({ sequence }) => sequence - start)).toEqual([9, 7]);
      const older = await read(store(), { order: 'desc', from: newest.next, limit: 100, filter });
      expect(older.items.map(({ sequence }) => sequence - start)).toEqual([5, 3, 1]);
      expect(older.next).toBe(1);
    });

    it('never turns a reader that goes backwards round', async () => {
      await store().appendEvents(appendOf([newEvent()]));
      for (const from of [0, 1])
        expect(await read(store(), { order: 'desc', from })).toEqual({
          status: 'page',
          items: [],
          next: from,
        });
    });

    it('filters by each attribute, and subjects by prefix without wildcards of its own', async () => {
      const mark = randomUUID();
      const events = [
        newEvent({ subject: `users/${mark}/messages/a_b` }),
        newEvent({ subject: `users/${mark}/messages/aXb`, type: `T.${mark}` }),
        newEvent({ subject: `users/${mark}/events/c`, subscriptionKey: mark, origin: 'catch-up' }),
        newEvent({ subject: `users/${mark}/events/d`, time: '2020-05-05T00:00:00.000Z', tenantId: mark }),
      ];
      const start = await store().logHead();
      await store().appendEvents(appendOf(events));
      const found = async (filter: EventQuery['filter']) =>
        (await read(store(), { from: start, filter })).items.map(({ sequence }) => sequence - start);
      expect(await found({ subject: `users/${mark}/messages/*` })).toEqual([1, 2]);
      expect(await found({ subject: `users/${mark}/messages/a_*` })).toEqual([1]);
      expect(await found({ subject: `users/${mark}/messages/aXb` })).toEqual([2]);
      expect(await found({ type: `T.${mark}` })).toEqual([2]);
      expect(await found({ subscription: mark })).toEqual([3]);
      expect(await found({ origin: 'catch-up' })).toEqual([3]);
      expect(await found({ tenant: mark })).toEqual([4]);
      expect(await found({ until: '2021-01-01T00:00:00Z' })).toEqual([4]);
      expect(await found({ since: '2021-01-01T00:00:00Z' })).toEqual([1, 2, 3]);
    });

    it('shows a scope only its own, and an empty scope nothing', async () => {
      const mark = randomUUID();
      const start = await store().logHead();
      await store().appendEvents(
        appendOf([
          newEvent({ tenantId: mark }),
          newEvent({ subscriptionKey: mark }),
          newEvent({ tenantId: mark, type: 'X.Y' }),
          newEvent(),
        ]),
      );
      const seen = async (scope: EventQuery['scope']) =>
        (await read(store(), { from: start, scope })).items.map(({ sequence }) => sequence - start);
      expect(await seen([{ tenant: mark, type: 'X.Y' }, { subscription: mark }])).toEqual([2, 3]);
      expect(await seen([{ tenant: mark }])).toEqual([1, 3]);
      expect(await seen([])).toEqual([]);
      expect(await seen([{}])).toEqual([]);
      expect(await seen(null)).toEqual([1, 2, 3, 4]);
    });
  });
}
