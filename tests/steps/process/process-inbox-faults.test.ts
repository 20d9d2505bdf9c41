import { describe, expect, it } from 'vitest';
import { processInbox } from '../../../src/steps/process/process-inbox.ts';
import { changeOf, mailWatch, OTHER_TENANT, smallWorkshop } from '../../support/small-workshop.ts';

const WATCH = mailWatch();

describe('rows that fail', () => {
  it('whose lease was lost are left to whoever has them', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1')]);
    shop.answer = () => {
      for (const row of shop.rows) row.owner = 'worker-b';
      return { status: 'ok', value: {} };
    };
    await shop.drain();
    expect(shop.log).toEqual([]);
    expect(shop.rows).toMatchObject([{ owner: 'worker-b' }]);
    expect(shop.heads).toEqual([]);
    expect(shop.lines.at(-1)?.act).toBe('inbox.lease_lost');
  });

  it('whose data the database refuses are halved, in their order, until the one bad event is set aside', async () => {
    const shop = smallWorkshop();
    shop.post(Array.from({ length: 9 }, (_, at) => changeOf(WATCH, `m${at}`)));
    shop.post([changeOf(WATCH, 'n', { tenantId: OTHER_TENANT })]);
    shop.intercept = ({ events }) =>
      events.some(({ subject }) => subject.endsWith('m1'))
        ? { status: 'refused', message: 'bad' }
        : undefined;
    await shop.drain();
    expect(shop.log.map(({ subject }) => subject.slice(-2))).toEqual('m0 m2 m3 m4 m5 m6 m7 m8'.split(' '));
    expect(shop.setAside.map(({ code }) => code).sort()).toEqual(['refused_by_database', 'wrong_tenant']);
    expect(shop.rows).toEqual([]);
  });

  it('and leave what the database refuses without an event are a fault, told and tried again', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1', { tenantId: OTHER_TENANT })]);
    shop.intercept = () => ({ status: 'refused', message: 'bad' });
    await shop.drain();
    expect(shop.lines.at(-1)).toMatchObject({ level: 'error', act: 'inbox.failed' });
    expect(shop.rows).toMatchObject([{ owner: null, attempts: 1 }]);
    shop.intercept = null;
    await shop.after(1_000);
    expect(shop.setAside).toMatchObject([{ code: 'wrong_tenant' }]);
    expect(shop.rows).toEqual([]);
  });

  it('that are halved and overtaken meanwhile lose nothing', async () => {
    const shop = smallWorkshop();
    shop.post(['m0', 'm1', 'm2'].map((name) => changeOf(WATCH, name)));
    shop.intercept = ({ events }) => {
      if (events.length > 1) return { status: 'refused', message: 'bad' };
      return events[0]?.subject.endsWith('m2') ? { status: 'stale', indices: [0] } : undefined;
    };
    await shop.drain();
    expect(shop.log.map(({ subject }) => subject.slice(-2)).sort()).toEqual(['m0', 'm1']);
    expect(shop.rows).toMatchObject([{ items: 1 }]);
    shop.intercept = null;
    await shop.after(200);
    expect(shop.log).toHaveLength(3);
  });

  it('with an answer that cannot be written as JSON lose only that item', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm0'), changeOf(WATCH, 'm1')]);
    shop.answer = (path) => ({ status: 'ok', value: path.endsWith('m1') ? 1n : 1 });
    await shop.drain();
    expect(shop.log).toHaveLength(1);
    expect(shop.setAside).toMatchObject([{ code: 'processing_failed' }]);
  });

  it.each(['nonsense', '{}', '[{"receivedAt":"then"}]'])(
    'and cannot be read (%s) are set aside whole',
    async (posts) => {
      const shop = smallWorkshop();
      shop.add(0, posts, 1);
      shop.post([changeOf(WATCH, 'm1')]);
      await shop.drain();
      expect(shop.log).toHaveLength(1);
      expect(shop.setAside).toMatchObject([{ code: 'unreadable', posts }]);
      expect(shop.rows).toEqual([]);
    },
  );

  it('and cannot be read are set aside though they were attempted often', async () => {
    const shop = smallWorkshop();
    shop.add(0, 'nonsense', 1);
    Object.assign(shop.rows[0] ?? {}, { attempts: 20 });
    await shop.drain();
    expect(shop.setAside).toMatchObject([{ code: 'unreadable' }]);
    expect(shop.rows).toEqual([]);
  });

  it('for a fault of ours come back, with all that was in them', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1'), changeOf(WATCH, 'm2')]);
    const { findWatches } = shop.deps.store;
    shop.deps.store.findWatches = () => Promise.reject(new Error('a fault'));
    await shop.drain();
    expect(shop.rows).toMatchObject([{ owner: null, attempts: 1, items: 2 }]);
    expect(shop.lines.at(-1)).toMatchObject({ level: 'error', act: 'inbox.failed' });
    shop.deps.store.findWatches = findWatches;
    await shop.after(999);
    expect(shop.log).toEqual([]);
    await shop.after(1);
    expect([shop.log.length, shop.rows.length]).toEqual([2, 0]);
  });

  it('for a fault that lasts minutes are not set aside: good notifications wait', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1')]);
    shop.intercept = () => {
      throw new Error('the log is locked');
    };
    await shop.after(1_000, 300);
    expect([shop.log.length, shop.setAside.length]).toEqual([0, 0]);
    shop.intercept = null;
    await shop.after(1_000, 300);
    expect([shop.log.length, shop.setAside.length, shop.rows.length]).toEqual([1, 0, 0]);
  });

  it('and crash their worker are claimed alone, halved, and the one bad item is set aside', async () => {
    const shop = smallWorkshop();
    shop.post(Array.from({ length: 5 }, (_, at) => changeOf(WATCH, `m${at}`)));
    shop.post([changeOf(WATCH, 'neighbour')]);
    const { signal } = new AbortController();
    let crashes = 0;
    // A worker that is killed leaves its lease behind: nothing is released, nothing written.
    const crashing = {
      ...shop.deps,
      budget: {
        fetch: (...[tenant, requests, within]: Parameters<typeof shop.deps.budget.fetch>) =>
          requests.some(({ path }) => path.endsWith('m3'))
            ? new Promise<never>(() => {
                crashes++;
                killed.resolve();
              })
            : shop.deps.budget.fetch(tenant, requests, within),
      },
    };
    let killed = Promise.withResolvers<void>();
    for (let turn = 0; turn < 200 && shop.rows.length > 0; turn++) {
      killed = Promise.withResolvers<void>();
      await Promise.race([processInbox(crashing, 0, signal), killed.promise]);
      shop.clock.advance(13_000);
    }
    expect(shop.rows).toEqual([]);
    expect(shop.log.map(({ subject }) => subject.replace('users/anna/messages/', '')).sort()).toEqual(
      'm0 m1 m2 m4 neighbour'.split(' '),
    );
    expect(shop.setAside).toMatchObject([{ code: 'attempted_too_often', subscriptionKey: WATCH.key }]);
    expect(crashes).toBeLessThan(40);
  });
});
