import { describe, expect, it } from 'vitest';
import { changeOf, mailWatch, smallWorkshop } from '../../support/small-workshop.ts';

const WATCH = mailWatch();

function lifecycle(event: string): object {
  return changeOf(WATCH, '', { changeType: undefined, resource: '', lifecycleEvent: event });
}

describe('a lifecycle notification', () => {
  it('of reauthorizationRequired makes the subscription due and wakes its renewal', async () => {
    const shop = smallWorkshop();
    shop.post([lifecycle('reauthorizationRequired')]);
    await shop.drain();
    expect(shop.acts).toEqual([{ act: 'makeDue', key: WATCH.key, graphId: null, reason: null }]);
    expect(shop.woken).toEqual([{ queue: 'renew-subscription', id: WATCH.key }]);
    expect([shop.log, shop.rows, shop.setAside]).toEqual([[], [], []]);
  });

  it('of subscriptionRemoved says so, for the id that Graph removed', async () => {
    const shop = smallWorkshop();
    shop.post([lifecycle('subscriptionRemoved')]);
    await shop.drain();
    expect(shop.acts).toMatchObject([
      {
        act: 'makeDue',
        graphId: 'graph-anna',
        reason: { code: 'removed_by_graph', since: '2026-01-02T03:04:05.000Z' },
      },
    ]);
    expect(shop.woken).toHaveLength(1);
  });

  it('of missed is a gap in the log, once', async () => {
    const shop = smallWorkshop();
    shop.post([lifecycle('missed'), lifecycle('missed')]);
    await shop.drain();
    expect(shop.events()).toMatchObject([
      {
        type: 'heliograph.gap',
        subject: 'users/anna/messages',
        subscriptionkey: WATCH.key,
        origin: 'catch-up',
        data: { cause: 'missed', from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T03:04:05.000Z' },
      },
    ]);
    expect(shop.acts).toEqual([]);
    expect(shop.heads).toEqual([1]);
  });

  it.each([
    ['is older than Graph goes on trying', '2026-01-01T12:00:00.000Z', '2026-01-01T12:00:00.000Z'],
    [
      'came while Graph was still trying the missed one',
      '2026-01-02T03:04:00.000Z',
      '2026-01-01T23:04:05.000Z',
    ],
  ])('of missed is a gap from when it may have been missed: the last that came %s', async (_, last, from) => {
    const shop = smallWorkshop();
    const { findSubscription } = shop.deps.store;
    shop.deps.store.findSubscription = async (key) => {
      const found = await findSubscription(key);
      return found === null ? null : { ...found, lastNotificationAt: last };
    };
    shop.post([lifecycle('missed')]);
    await shop.drain();
    expect(shop.events()[0]?.data).toMatchObject({ from, to: '2026-01-02T03:04:05.000Z' });
  });

  it('of missed soon after the subscription was made is a gap from then', async () => {
    const shop = smallWorkshop();
    shop.clock.set('2026-01-01T01:00:00.000Z');
    shop.post([lifecycle('missed')]);
    await shop.drain();
    expect(shop.events()[0]?.data).toMatchObject({ from: '2026-01-01T00:00:00.000Z' });
  });

  it('of missed is tried again when the log refuses the gap', async () => {
    const shop = smallWorkshop();
    shop.post([lifecycle('missed')]);
    shop.intercept = () => ({ status: 'refused', message: 'bad' });
    await shop.drain();
    expect(shop.lines.at(-1)).toMatchObject({ level: 'error', act: 'inbox.failed' });
    expect([shop.log.length, shop.rows.length]).toEqual([0, 1]);
    shop.intercept = null;
    await shop.after(1_000);
    expect([shop.log.length, shop.rows.length]).toEqual([1, 0]);
  });

  it('of missed for a subscription that is gone meanwhile is nothing', async () => {
    const shop = smallWorkshop();
    shop.post([lifecycle('missed')]);
    shop.deps.store.findSubscription = () => Promise.resolve(null);
    await shop.drain();
    expect([shop.log, shop.rows]).toEqual([[], []]);
  });

  it('is dealt with though the queue is away', async () => {
    const shop = smallWorkshop();
    shop.deps.queue.wake = () => Promise.reject(new Error('no queue'));
    shop.post([lifecycle('reauthorizationRequired')]);
    await shop.drain();
    expect(shop.acts).toHaveLength(1);
    expect(shop.rows).toEqual([]);
  });
});

describe('a lifecycle notification for a subscription that is paused', () => {
  it.each(['subscriptionRemoved', 'reauthorizationRequired'])('of %s wakes nobody', async (event) => {
    const shop = smallWorkshop([mailWatch({ status: 'paused' })]);
    shop.post([lifecycle(event)]);
    await shop.drain();
    expect([shop.woken, shop.rows, shop.setAside, shop.log]).toEqual([[], [], [], []]);
  });
});

describe('a lifecycle notification for a subscription that is being deleted', () => {
  it.each(['subscriptionRemoved', 'reauthorizationRequired', 'missed'])('of %s is nothing', async (event) => {
    const shop = smallWorkshop([mailWatch({ status: 'deleting' })]);
    shop.post([lifecycle(event)]);
    await shop.drain();
    expect([shop.acts, shop.woken, shop.rows, shop.setAside, shop.log]).toEqual([[], [], [], [], []]);
  });
});
