import { describe, expect, it } from 'vitest';
import { clientStateSecret, makeClientState } from '../../../src/core/client-state.ts';
import { processInbox } from '../../../src/steps/process/process-inbox.ts';
import { changeOf, mailWatch, OTHER_TENANT, smallWorkshop } from '../../support/small-workshop.ts';

const WATCH = mailWatch();

describe('a change that is believed', () => {
  it('becomes an event with what was fetched, and its row is gone', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1', { changeType: 'created', resource: "Users('anna')/Messages('m1')" })]);
    shop.clock.advance(40);
    await shop.drain();
    expect(shop.events()).toMatchObject([
      {
        sequence: '0000000000000001',
        type: 'Microsoft.Graph.MessageCreated',
        source: `/tenants/${WATCH.tenant}/subscriptions/${WATCH.key}`,
        subject: 'users/anna/messages/m1',
        time: '2026-01-02T03:04:05.000Z',
        tenantid: WATCH.tenant,
        subscriptionkey: WATCH.key,
        changetype: 'created',
        origin: 'notification',
        data: {
          resource: { path: 'users/anna/messages/m1' },
          resourceData: { id: 'm1' },
          fetchedAt: '2026-01-02T03:04:05.040Z',
        },
      },
    ]);
    expect(shop.rows).toEqual([]);
    expect(shop.heads).toEqual([1]);
    expect(shop.lines.at(-1)).toMatchObject({
      act: 'event.appended',
      fields: { appended: 1, duplicates: 0 },
    });
  });

  it('is in the log once, however often and in whatever company it comes', async () => {
    const shop = smallWorkshop();
    const item = changeOf(WATCH, 'm1');
    shop.post([item, item]);
    shop.post([item]);
    await shop.drain();
    shop.post([changeOf(WATCH, 'm2'), item], 2);
    await shop.drain();
    expect(shop.events().map(({ subject }) => subject)).toEqual([
      'users/anna/messages/m1',
      'users/anna/messages/m2',
    ]);
    expect(shop.rows).toEqual([]);
  });

  it('is asked for once, however many items speak of it; each version is an event', async () => {
    const shop = smallWorkshop();
    const versions = ['1', '2', '3'].map((etag) =>
      changeOf(WATCH, 'm1', { resourceData: { '@odata.etag': etag } }),
    );
    shop.post(versions);
    await shop.drain();
    expect(shop.asked).toEqual([{ tenant: WATCH.tenant, paths: ['users/anna/messages/m1'] }]);
    expect(shop.log).toHaveLength(3);
  });

  it('without a version of Graph is not doubled by a retry of ours', async () => {
    const shop = smallWorkshop();
    const bare = changeOf(WATCH, 'm1', { resourceData: null });
    shop.post([changeOf(WATCH, 'm0'), bare, bare]);
    shop.answer = () => ({ status: 'unreachable', message: 'no route' });
    await shop.drain();
    const ids = new Set<string>();
    for (let turn = 0; turn < 3; turn++) {
      await shop.after(60_000);
      expect(shop.rows.length).toBeGreaterThan(0);
    }
    shop.answer = () => ({ status: 'ok', value: {} });
    await shop.after(120_000);
    for (const { id } of shop.log) ids.add(id);
    expect([shop.log.length, ids.size]).toEqual([3, 3]);
  });

  it('is not asked for when it tells of a deletion, or when the subscription does not fetch', async () => {
    const quiet = mailWatch({
      key: 'ben0000000000000',
      resource: 'users/ben/messages',
      graphIds: ['b'],
      fetch: 'none',
    });
    const shop = smallWorkshop([WATCH, quiet]);
    shop.post([
      changeOf(WATCH, 'm1', { changeType: 'deleted' }),
      changeOf(quiet, 'm2', { resourceData: null }),
    ]);
    await shop.drain();
    expect(shop.asked).toEqual([]);
    expect(shop.events().map(({ data }) => data)).toEqual([
      { resourceData: expect.anything(), reason: { code: 'deleted', message: 'The resource was deleted.' } },
      { reason: { code: 'fetch_off', message: 'The subscription does not fetch.' } },
    ]);
    expect(shop.log.every(({ fetchedAt }) => fetchedAt === null)).toBe(true);
  });

  it('keeps its place among what is not fetched: a deletion does not come before its update', async () => {
    const shop = smallWorkshop();
    shop.post([
      changeOf(WATCH, 'm1', { changeType: 'created' }),
      changeOf(WATCH, 'm1', { changeType: 'deleted' }),
      changeOf(WATCH, 'm2'),
    ]);
    await shop.drain();
    expect(shop.events().map(({ subject, changetype }) => [subject.slice(-2), changetype])).toEqual([
      ['m1', 'created'],
      ['m1', 'deleted'],
      ['m2', 'updated'],
    ]);
  });

  it('that was fetched before another event of its subject came is fetched again', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm0'), changeOf(WATCH, 'm1')]);
    let asked = 0;
    shop.answer = async (path) => {
      if (path.endsWith('m1') && ++asked === 1) {
        // Another lane logs a newer version while this fetch is under way.
        shop.post([changeOf(WATCH, 'm1', { changeType: 'deleted' })], 1);
        await processInbox({ ...shop.deps, owner: 'worker-b' }, 1, new AbortController().signal);
      }
      return { status: 'ok', value: { asked } };
    };
    await shop.drain();
    expect(shop.events().map(({ subject, data }) => [subject.slice(-2), data.resource])).toEqual([
      ['m1', undefined],
      ['m0', { asked: 0 }],
      ['m1', { asked: 2 }],
    ]);
    expect(shop.rows).toEqual([]);
  });

  it('that is overtaken again and again goes back, and comes in the end', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm0'), changeOf(WATCH, 'm1')]);
    shop.intercept = ({ events }) => {
      const indices = [...events.keys()].filter((index) => events[index]?.subject.endsWith('m1'));
      return indices.length > 0 ? { status: 'stale', indices } : undefined;
    };
    await shop.drain();
    expect(shop.log.map(({ subject }) => subject.slice(-2))).toEqual(['m0']);
    expect(shop.rows).toMatchObject([{ lane: 0, items: 1, attempts: 0 }]);
    expect(shop.asked).toHaveLength(3);
    shop.intercept = null;
    await shop.after(200);
    expect(shop.log.map(({ subject }) => subject.slice(-2))).toEqual(['m0', 'm1']);
  });
});

describe('a notification that is not believed', () => {
  const stranger = mailWatch({ key: 'nobody0000000000', graphIds: ['graph-nobody'] });

  it.each([
    ['unknown_subscription', changeOf(stranger, 'm1')],
    ['unknown_subscription', changeOf(WATCH, 'm1', { clientState: 'no state' })],
    ['wrong_tenant', changeOf(WATCH, 'm1', { tenantId: OTHER_TENANT })],
    ['resource_outside', changeOf(WATCH, 'm1', { resource: 'users/ben/messages/m1' })],
    ['malformed_resource', changeOf(WATCH, 'm1', { resource: 'users/anna/messages/../../../groups/g' })],
    ['unknown_change_type', changeOf(WATCH, 'm1', { changeType: 'unknownFutureValue' })],
    ['unknown_lifecycle_event', changeOf(WATCH, 'm1', { changeType: undefined, lifecycleEvent: 'new' })],
  ])('is set aside (%s), and its neighbours become events', async (code, item) => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'before'), item, changeOf(WATCH, 'after')]);
    await shop.drain();
    expect(shop.log).toHaveLength(2);
    expect(shop.setAside).toMatchObject([{ code, acceptedAt: '2026-01-02T03:04:05.000Z' }]);
    expect(
      shop.asked.flatMap(({ paths }) => paths).some((path) => !path.startsWith('users/anna/messages/')),
    ).toBe(false);
    expect(shop.rows).toEqual([]);
  });

  it('can be run again as it was, and only it', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm0'), changeOf(WATCH, 'm1', { tenantId: OTHER_TENANT })]);
    await shop.drain();
    const [aside] = shop.setAside;
    shop.watches[0] = { ...WATCH, tenant: OTHER_TENANT };
    shop.add(3, aside?.posts ?? '', 1);
    await shop.drain();
    expect(shop.log.map(({ subject, time }) => [subject, time])).toEqual([
      ['users/anna/messages/m0', '2026-01-02T03:04:05.000Z'],
      ['users/anna/messages/m1', '2026-01-02T03:04:05.000Z'],
    ]);
  });

  it('is dropped while its subscription is being deleted', async () => {
    const shop = smallWorkshop([mailWatch({ status: 'deleting' })]);
    shop.post([changeOf(WATCH, 'm1')]);
    await shop.drain();
    expect([shop.log, shop.setAside, shop.rows]).toEqual([[], [], []]);
  });

  it('shows no odd text where a person reads it', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1', { resource: `users/\0\u001b[31m${'x'.repeat(900)}` })]);
    await shop.drain();
    expect(shop.setAside[0]?.resource).toMatch(/^users\/\uFFFD\uFFFD\[31mx+…$/);
    expect(shop.setAside[0]?.resource?.length).toBe(300);
  });
});

describe('a notification that overtook the answer to its own create', () => {
  it('waits until the id is known', async () => {
    const shop = smallWorkshop([mailWatch({ status: 'creating', graphIds: [] })]);
    shop.post([changeOf(WATCH, 'm1')]);
    await shop.after(500, 5);
    expect([shop.log.length, shop.setAside.length, shop.rows.length]).toEqual([0, 0, 1]);
    shop.watches[0] = WATCH;
    await shop.after(1_000);
    expect([shop.log.length, shop.rows.length]).toEqual([1, 0]);
  });

  it('waits for hours where Graph has not answered the create, asking less and less often', async () => {
    const shop = smallWorkshop([mailWatch({ status: 'creating', graphIds: [], awaitsId: true })]);
    shop.post([changeOf(WATCH, 'm1')]);
    for (let hours = 0; hours < 4; hours += 1 / 60) await shop.after(60_000);
    expect([shop.log.length, shop.setAside.length, shop.rows.length]).toEqual([0, 0, 1]);
    const [soonest, latest] = [shop.hints[0], shop.hints.at(-1)];
    expect([soonest?.[1], latest?.[1]]).toEqual([15_000, 45_000]);
    shop.watches[0] = WATCH;
    await shop.after(60_000);
    expect([shop.log.length, shop.rows.length]).toEqual([1, 0]);
  });

  it('is set aside when another id is known and its own does not become so', async () => {
    const shop = smallWorkshop([mailWatch({ graphIds: ['another'] })]);
    shop.post([changeOf(WATCH, 'm1')]);
    await shop.after(500, 239);
    expect([shop.setAside.length, shop.rows.length]).toEqual([0, 1]);
    await shop.after(60_000);
    expect(shop.setAside).toMatchObject([{ code: 'unknown_graph_id' }]);
    expect(shop.rows).toEqual([]);
  });
});

describe('a drain', () => {
  it('stops when it is told to, and says how much it did', async () => {
    const shop = smallWorkshop();
    for (let at = 0; at < 45; at++) shop.post([changeOf(WATCH, `m${at}`)]);
    const stop = new AbortController();
    shop.answer = () => {
      stop.abort();
      return { status: 'ok', value: {} };
    };
    expect(await processInbox(shop.deps, 0, stop.signal)).toBe(20);
    expect(shop.rows).toHaveLength(25);
    expect(await processInbox(shop.deps, 0, new AbortController().signal)).toBe(25);
    expect(await processInbox(shop.deps, 0, AbortSignal.abort())).toBe(0);
  });

  it('whose store cannot be reached fails, so that the queue tries again', async () => {
    const shop = smallWorkshop();
    shop.deps.store.claimInbox = () => Promise.reject(new Error('no database'));
    await expect(shop.drain()).rejects.toThrow('no database');
  });

  it('believes what the receiver believed, even when that secret has been taken away since', async () => {
    const shop = smallWorkshop();
    const gone = clientStateSecret(Buffer.alloc(32, 1));
    shop.post([{ ...changeOf(WATCH, 'm1'), clientState: makeClientState(gone, WATCH.key) }]);
    await shop.drain();
    expect(shop.log).toHaveLength(1);
  });
});
