import { describe, expect, it } from 'vitest';
import { notificationUrls } from '../../../src/steps/keep-alive/endpoints.ts';
import { gapEvent, recordGap } from '../../../src/steps/record-gap.ts';
import { keepHouse, sweep } from '../../../src/steps/keep-alive/sweep.ts';
import type { Append, AppendResult } from '../../../src/ports/event-log.ts';
import type { Work } from '../../../src/ports/queue.ts';
import { adjustableClock } from '../../support/adjustable-clock.ts';

function none(): Promise<[]> {
  return Promise.resolve([]);
}

describe('a sweep', () => {
  const store = {
    dueLanes: () => Promise.resolve([0, 4]),
    dueDestinations: () => Promise.resolve(['realtime']),
    dueSubscriptions: (limit: number) => Promise.resolve(['k1', 'k2'].slice(0, limit)),
  };

  it('tells the queue of everything that is due', async () => {
    const woken: Work[] = [];
    const queue = { wake: (work: Work) => Promise.resolve(void woken.push(work)) };
    expect(await sweep({ store, queue })).toBe(5);
    expect(woken).toEqual([
      { queue: 'process-inbox', id: '0' },
      { queue: 'process-inbox', id: '4' },
      { queue: 'deliver-events', id: 'realtime' },
      { queue: 'renew-subscription', id: 'k1' },
      { queue: 'renew-subscription', id: 'k2' },
    ]);
  });

  it('of nothing gives no hint', async () => {
    const queue = { wake: () => Promise.reject(new Error('not called')) };
    expect(
      await sweep({ store: { dueLanes: none, dueDestinations: none, dueSubscriptions: none }, queue }),
    ).toBe(0);
  });

  it('fails when the queue is away, so that it is known', async () => {
    const queue = { wake: () => Promise.reject(new Error('no queue')) };
    await expect(sweep({ store, queue })).rejects.toThrow('no queue');
  });

  it('now and then makes partitions, then deletes what has outlived its use', async () => {
    const done: string[] = [];
    await keepHouse({
      ensurePartitions: () => Promise.resolve(void done.push('partitions')),
      prune: () => Promise.resolve(void done.push('prune')),
    });
    expect(done).toEqual(['partitions', 'prune']);
  });
});

describe('a gap', () => {
  const clock = adjustableClock();
  const gap = {
    watch: { key: 'k', tenant: 't', resource: 'users/u/messages' },
    cause: 'missed',
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-02T00:00:00.000Z',
  } as const;

  it('is an event of its own, appended without any row of the inbox', async () => {
    const appends: Append[] = [];
    const appendEvents = (append: Append): Promise<AppendResult> => {
      appends.push(append);
      return Promise.resolve({ status: 'appended', head: 7, duplicates: [] });
    };
    const heads: number[] = [];
    await recordGap({ store: { appendEvents }, clock, appended: (head) => heads.push(head) }, gap);
    expect(heads).toEqual([7]);
    expect(appends).toMatchObject([{ rows: [], remainders: [], setAside: [] }]);
    expect(appends[0]?.events).toMatchObject([
      {
        type: 'heliograph.gap',
        source: '/tenants/t/subscriptions/k',
        subject: 'users/u/messages',
        time: gap.to,
        tenantId: 't',
        subscriptionKey: 'k',
        changeType: null,
        origin: 'catch-up',
        readAtSequence: null,
      },
    ]);
    expect(JSON.parse(appends[0]?.events[0]?.data ?? '')).toEqual({
      cause: 'missed',
      from: gap.from,
      to: gap.to,
    });
  });

  it('that the log has already wakes nobody; one that the log does not take is a fault', async () => {
    const heads: number[] = [];
    const record = (result: AppendResult): Promise<void> =>
      recordGap(
        {
          store: { appendEvents: () => Promise.resolve(result) },
          clock,
          appended: (head) => heads.push(head),
        },
        gap,
      );
    await record({ status: 'appended', head: 7, duplicates: [0] });
    for (const status of ['refused', 'lease_lost'] as const)
      await expect(record({ status, message: 'bad' })).rejects.toMatchObject({ code: 'internal' });
    expect(heads).toEqual([]);
  });

  it('told of twice is the same event; another cause, subscription or end is another', () => {
    const id = (changed: object): string => gapEvent({ ...gap, ...changed }, clock.now()).id;
    expect(id({ from: '2025-01-01T00:00:00.000Z' })).toBe(id({}));
    const others = [
      { cause: 'subscription_removed' },
      { to: '2026-01-02T00:00:00.001Z' },
      { watch: { ...gap.watch, key: 'j' } },
    ];
    expect(new Set([...others.map(id), id({})]).size).toBe(4);
  });
});

describe('the URLs that Graph is given', () => {
  it.each(['https://hub.example', 'https://hub.example/', 'https://hub.example//'])(
    'begin with %s',
    (publicUrl) => {
      expect(notificationUrls(publicUrl)).toEqual({
        notificationUrl: 'https://hub.example/graph/notifications',
        lifecycleNotificationUrl: 'https://hub.example/graph/lifecycle',
      });
    },
  );

  it('keep the path that a proxy gives the hub', () => {
    expect(notificationUrls('https://a.example/hub/').notificationUrl).toBe(
      'https://a.example/hub/graph/notifications',
    );
  });
});
