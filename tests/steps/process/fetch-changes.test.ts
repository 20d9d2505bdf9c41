import { describe, expect, it } from 'vitest';
import { SLOW_LANE } from '../../../src/core/inbox.ts';
import { processInbox } from '../../../src/steps/process/process-inbox.ts';
import { until } from '../../support/until.ts';
import { changeOf, mailWatch, OTHER_TENANT, smallWorkshop } from '../../support/small-workshop.ts';

const NOT_FOUND = {
  status: 'refused',
  httpStatus: 404,
  code: 'ErrorItemNotFound',
  message: 'Not there.',
} as const;
const FORBIDDEN = { status: 'refused', httpStatus: 403, code: 'ErrorAccessDenied', message: 'No.' } as const;
const WATCH = mailWatch();

function failingFor(code: string) {
  return { code, message: 'x', remedy: 'x', since: '2026-01-02T03:00:00.000Z' };
}

describe('a resource that Graph does not give', () => {
  it('is asked for once more when it is not found, and is then not there', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1')]);
    shop.answer = () => NOT_FOUND;
    await shop.drain();
    await shop.after(1_499);
    expect([shop.log.length, shop.asked.length]).toEqual([0, 1]);
    await shop.after(1);
    expect(shop.events()[0]?.data).toMatchObject({ reason: { code: 'not_found', message: 'Not there.' } });
    expect(shop.asked).toHaveLength(2);
    expect(shop.acts).toEqual([]);
  });

  it('and is found the second time is in the event', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1')]);
    shop.answer = () => NOT_FOUND;
    await shop.drain();
    shop.answer = () => ({ status: 'ok', value: 'here' });
    await shop.after(1_500);
    expect(shop.events()[0]?.data.resource).toBe('here');
  });

  it('because it may not makes the subscription failing; the first that is allowed again ends that', async () => {
    const shop = smallWorkshop();
    shop.post(['m1', 'm2', 'm3'].map((name) => changeOf(WATCH, name)));
    shop.answer = () => FORBIDDEN;
    await shop.drain();
    expect(shop.events()[0]?.data.reason?.code).toBe('forbidden');
    expect(shop.acts).toMatchObject([
      {
        act: 'markFailing',
        key: WATCH.key,
        reason: { code: 'fetch_forbidden', remedy: expect.stringMatching(/consent/) },
      },
    ]);
    shop.watches[0] = mailWatch({ status: 'failing' });
    shop.reasons.set(WATCH.key, failingFor('fetch_forbidden'));
    shop.answer = () => ({ status: 'ok', value: {} });
    shop.post(['m4', 'm5', 'm6'].map((name) => changeOf(WATCH, name)));
    await shop.drain();
    expect(shop.acts.slice(1)).toEqual([{ act: 'clearFailing', key: WATCH.key, codes: ['fetch_forbidden'] }]);
  });

  it('for a part of the batch because it may not: the subscription goes on failing', async () => {
    const shop = smallWorkshop([mailWatch({ status: 'failing' })]);
    shop.reasons.set(WATCH.key, failingFor('fetch_forbidden'));
    shop.post(['m1', 'm2', 'm3'].map((name) => changeOf(WATCH, name)));
    shop.answer = (path) => (path.endsWith('m2') ? FORBIDDEN : { status: 'ok', value: {} });
    await shop.drain();
    expect(shop.acts).toEqual([]);
  });

  it('in each of many subscriptions is told once for each, also when it is fetched again', async () => {
    const other = mailWatch({ key: 'ben0000000000000', resource: 'users/ben/messages', graphIds: ['b'] });
    const shop = smallWorkshop([WATCH, other]);
    shop.post([WATCH, other, WATCH, other].map((watch, at) => changeOf(watch, `m${at}`)));
    shop.answer = () => FORBIDDEN;
    let appends = 0;
    shop.intercept = () => (++appends === 1 ? { status: 'stale', indices: [0, 1] } : undefined);
    await shop.drain();
    expect([shop.log.length, shop.asked.length]).toEqual([4, 2]);
    expect(shop.acts.map(({ act, key }) => [act, key])).toEqual([
      ['markFailing', WATCH.key],
      ['markFailing', other.key],
    ]);
  });

  it('and needs none (a deletion) proves the secret, and says nothing of the consent', async () => {
    const shop = smallWorkshop([mailWatch({ status: 'failing' })]);
    for (const code of ['fetch_forbidden', 'wrong_secret']) {
      shop.reasons.set(WATCH.key, failingFor(code));
      shop.post([changeOf(WATCH, 'm1', { changeType: 'deleted' })]);
      await shop.drain();
    }
    expect(shop.acts).toEqual([{ act: 'clearFailing', key: WATCH.key, codes: ['wrong_secret'] }]);
  });

  it('because it throttles is asked for when Graph said, not before', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1')], 2);
    shop.answer = () => ({ status: 'throttled', retryAfterMs: 30_000 });
    await shop.drain();
    expect(shop.rows).toMatchObject([{ lane: 2, items: 1, acceptedAt: '2026-01-02T03:04:05.000Z' }]);
    shop.answer = () => ({ status: 'ok', value: 'at last' });
    await shop.after(29_999);
    expect([shop.log.length, shop.asked.length]).toEqual([0, 1]);
    await shop.after(1);
    expect(shop.events()[0]?.data.resource).toBe('at last');
  });

  it('wakes its lane when it is due, and leaves long waits to the sweep', async () => {
    const shop = smallWorkshop();
    shop.answer = () => ({ status: 'throttled', retryAfterMs: 59_999 });
    shop.post([changeOf(WATCH, 'm1'), changeOf(WATCH, 'm2')], 2);
    await processInbox(shop.deps, 2, new AbortController().signal);
    expect(shop.hints).toEqual([['process-inbox/2', 59_999]]);
    shop.clock.advance(60_000);
    shop.answer = () => ({ status: 'throttled', retryAfterMs: 60_000 });
    await processInbox(shop.deps, 2, new AbortController().signal);
    expect(shop.hints).toHaveLength(1);
    shop.clock.advance(60_000);
    shop.answer = () => ({ status: 'unreachable', message: 'no route' });
    await processInbox(shop.deps, 2, new AbortController().signal);
    const [, slow] = shop.hints;
    expect(slow?.[0]).toBe(`process-inbox/${SLOW_LANE}`);
    expect(shop.rows).toMatchObject([{ dueAt: shop.clock.now() + (slow?.[1] ?? 0) }]);
  });

  it('and was not returned, the append being lost, wakes nobody', async () => {
    const shop = smallWorkshop();
    shop.answer = () => NOT_FOUND;
    shop.post([changeOf(WATCH, 'm1')]);
    shop.intercept = () => ({ status: 'lease_lost' });
    await shop.drain();
    expect(shop.hints).toEqual([]);
  });

  it('for longer than the operator allows is unavailable', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'm1')]);
    shop.answer = () => ({ status: 'unreachable', message: 'no route' });
    await shop.drain();
    await shop.after(120_000, 30);
    expect([shop.log.length, shop.rows.length]).toEqual([0, 1]);
    await shop.after(120_000);
    expect(shop.events()[0]).toMatchObject({
      time: '2026-01-02T03:04:05.000Z',
      data: { reason: { code: 'unavailable', message: 'no route' } },
    });
    expect(shop.rows).toEqual([]);
  });

  it('for which its subscription was waited for longer than that is asked for as patiently as any other', async () => {
    const shop = smallWorkshop([mailWatch({ status: 'creating', graphIds: [], awaitsId: true })]);
    shop.post([changeOf(WATCH, 'm1')]);
    for (let minutes = 0; minutes < 120; minutes++) await shop.after(60_000);
    shop.watches[0] = WATCH;
    shop.answer = () => ({ status: 'throttled', retryAfterMs: 2_000 });
    await shop.after(60_000);
    expect([shop.log.length, shop.rows.length, shop.asked.length]).toEqual([0, 1, 1]);
    shop.answer = () => ({ status: 'ok', value: 'at last' });
    await shop.after(2_000);
    expect(shop.events()[0]).toMatchObject({
      time: '2026-01-02T03:04:05.000Z',
      data: { resource: 'at last' },
    });
  });

  it('goes back in few and small rows, however many items wait', async () => {
    const shop = smallWorkshop();
    shop.post(Array.from({ length: 1_000 }, (_, at) => changeOf(WATCH, `m${at}`)));
    const bytes = shop.rows[0]?.posts.length ?? 0;
    shop.answer = () => ({ status: 'throttled', retryAfterMs: 5_000 });
    await shop.drain();
    expect(shop.rows.reduce((sum, { items }) => sum + items, 0)).toBe(1_000);
    expect(shop.rows.length).toBeLessThan(10);
    expect(shop.rows.reduce((sum, { posts }) => sum + posts.length, 0)).toBeLessThan(2 * bytes);
    expect(shop.lines.at(-1)).toMatchObject({ fields: { returned: 1_000 } });
    shop.answer = () => ({ status: 'ok', value: {} });
    await shop.after(7_000);
    expect([shop.log.length, shop.rows.length]).toEqual([1_000, 0]);
  });

  it('goes back as old as it is, whatever company it was in', async () => {
    const shop = smallWorkshop();
    shop.post([changeOf(WATCH, 'old')]);
    shop.answer = () => ({ status: 'throttled', retryAfterMs: null });
    await shop.drain();
    shop.clock.advance(60_000);
    shop.post([changeOf(WATCH, 'new', { resourceData: null })]);
    const [oldRow, newRow] = shop.rows;
    // The younger row is claimed first: its id is lower than that of the remainder.
    Object.assign(oldRow ?? {}, { id: 100 });
    expect(newRow?.id).toBeLessThan(100);
    shop.answer = (path) => (path.endsWith('old') ? NOT_FOUND : { status: 'ok', value: {} });
    await shop.drain();
    expect(shop.rows.map(({ acceptedAt }) => acceptedAt)).toEqual(['2026-01-02T03:04:05.000Z']);
  });
});

describe('a tenant that does not answer', () => {
  const other = mailWatch({
    key: 'ben0000000000000',
    tenant: OTHER_TENANT,
    resource: 'users/ben/messages',
    graphIds: ['b'],
  });

  it.concurrent('delays only itself: what is of others in the same row is in the log', async () => {
    const shop = smallWorkshop([WATCH, other]);
    shop.answer = (path, tenant) =>
      tenant === WATCH.tenant ? new Promise(() => {}) : { status: 'ok', value: { path } };
    shop.post([changeOf(WATCH, 'm1'), changeOf(other, 'm2')]);
    await processInbox(shop.deps, 0, new AbortController().signal);
    expect(shop.log.map(({ subject }) => subject)).toEqual(['users/ben/messages/m2']);
    expect(shop.rows).toMatchObject([{ lane: SLOW_LANE, items: 1 }]);

    // From now on it is known to be slow, and holds up nobody.
    const startedAt = performance.now();
    shop.post([changeOf(WATCH, 'm3'), changeOf(other, 'm4')]);
    await processInbox(shop.deps, 0, new AbortController().signal);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(shop.log.map(({ subject }) => subject)).toEqual([
      'users/ben/messages/m2',
      'users/ben/messages/m4',
    ]);
    expect(shop.rows.map(({ lane }) => lane)).toEqual([SLOW_LANE, SLOW_LANE]);

    // The slow lane asks; when it answers, everything is there, and after a while it counts as well again.
    shop.answer = (path) => ({ status: 'ok', value: { path } });
    shop.clock.advance(2_000);
    await processInbox(shop.deps, SLOW_LANE, new AbortController().signal);
    expect(shop.log).toHaveLength(4);
    shop.clock.advance(30_000);
    shop.post([changeOf(WATCH, 'm5')]);
    await processInbox(shop.deps, 0, new AbortController().signal);
    expect(shop.log).toHaveLength(5);
    expect(shop.rows).toEqual([]);
  });

  it.concurrent('keeps its rows while it is waited for, and no longer than a killed worker may', async () => {
    const shop = smallWorkshop([WATCH]);
    const extended: number[] = [];
    const claimed: number[] = [];
    const { extendInboxLease, claimInbox } = shop.store;
    shop.deps.store = {
      ...shop.store,
      extendInboxLease: (owner, rows, leaseMs) => {
        extended.push(leaseMs);
        return extendInboxLease(owner, rows, leaseMs);
      },
      claimInbox: (lane, claim) => {
        claimed.push(claim.leaseMs);
        return claimInbox(lane, claim);
      },
    };
    shop.answer = async (path) => {
      await until(() => extended.length > 0);
      return { status: 'ok', value: { path } };
    };
    shop.post([changeOf(WATCH, 'm1')], SLOW_LANE);
    await processInbox(shop.deps, SLOW_LANE, new AbortController().signal);
    expect(shop.log).toHaveLength(1);
    expect([...new Set([...extended, ...claimed])]).toEqual([12_000]);
  });

  it.concurrent('for all of a burst in one mailbox in time is not slow for its others', async () => {
    const carl = mailWatch({ key: 'carl000000000000', resource: 'users/carl/messages', graphIds: ['c'] });
    const shop = smallWorkshop([WATCH, carl]);
    shop.answer = (path) =>
      new Promise((resolve) => {
        setTimeout(resolve, 50, { status: 'ok', value: { path } });
      });
    // Outlook answers four at a time for one mailbox: in the time a batch has, some two hundred.
    shop.post(Array.from({ length: 600 }, (_, at) => changeOf(WATCH, `m${at}`)));
    await processInbox(shop.deps, 0, new AbortController().signal);
    const answered = shop.log.length;
    expect(answered).toBeGreaterThan(20);
    expect(shop.rows.every(({ lane }) => lane === SLOW_LANE)).toBe(true);
    expect(shop.rows.reduce((sum, { items }) => sum + items, answered)).toBe(600);

    shop.post([changeOf(carl, 'c1'), changeOf(WATCH, 'one-more')], 1);
    await processInbox(shop.deps, 1, new AbortController().signal);
    expect(shop.log.slice(answered).map(({ subject }) => subject)).toEqual(['users/carl/messages/c1']);
  });
});
