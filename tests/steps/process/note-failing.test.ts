import { describe, expect, it } from 'vitest';
import { changeOf, mailWatch, smallWorkshop } from '../../support/small-workshop.ts';

const WATCH = mailWatch();
const SINCE = '2026-01-02T03:00:00.000Z';

function droppedSince(since: string) {
  const shop = smallWorkshop([mailWatch({ status: 'failing' })]);
  shop.reasons.set(WATCH.key, { code: 'wrong_secret', message: 'x', remedy: 'x', since });
  return shop;
}

describe('a subscription whose notifications were dropped', () => {
  it('is well with the first that proves itself again, and what was dropped until then is a gap', async () => {
    const shop = droppedSince(SINCE);
    shop.post([changeOf(WATCH, 'm1'), changeOf(WATCH, 'm2')]);
    await shop.drain();
    const [gap, ...events] = shop.events();
    expect(gap).toMatchObject({
      type: 'heliograph.gap',
      subscriptionkey: WATCH.key,
      data: { cause: 'wrong_secret', from: SINCE, to: '2026-01-02T03:04:05.000Z' },
    });
    expect(events).toHaveLength(2);
    expect(shop.acts).toEqual([{ act: 'clearFailing', key: WATCH.key, codes: ['wrong_secret'] }]);
  });

  it('is not well because of what had waited in the inbox since before', async () => {
    const shop = droppedSince('2026-01-02T03:04:05.001Z');
    shop.post([changeOf(WATCH, 'm1')]);
    await shop.drain();
    expect([shop.acts, shop.events().length]).toEqual([[], 1]);
    shop.clock.advance(1_000);
    shop.post([changeOf(WATCH, 'm2')]);
    await shop.drain();
    expect(shop.acts).toHaveLength(1);
  });

  it('is not well before the gap is in the log', async () => {
    const shop = droppedSince(SINCE);
    shop.post([changeOf(WATCH, 'm1')]);
    shop.intercept = () => ({ status: 'refused', message: 'bad' });
    await shop.drain();
    expect([shop.acts, shop.log.length, shop.rows.length]).toEqual([[], 0, 1]);
    shop.intercept = null;
    await shop.after(1_000);
    expect(shop.events().map(({ type }) => type)).toEqual([
      'heliograph.gap',
      'Microsoft.Graph.MessageUpdated',
    ]);
    expect(shop.acts).toHaveLength(1);
  });
});
