import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../src/core/event.ts';
import type { SubscriptionReason } from '../../../src/core/subscription.ts';
import type { Append, AppendResult } from '../../../src/ports/event-log.ts';
import type { Watch } from '../../../src/ports/subscription-store.ts';
import { ForgeryWatch } from '../../../src/steps/receive/watch-forgeries.ts';
import { adjustableClock } from '../../support/adjustable-clock.ts';
import { recordingLog } from '../../support/logs.ts';
import { mailWatch } from '../../support/small-workshop.ts';
import { until } from '../../support/until.ts';

const KEY = mailWatch().key;
const VERSION = '0a1b2c3d';
const NOW = '2026-01-02T03:04:05.000Z';
const FORGERY = { key: KEY, version: VERSION };

function watching(watches: readonly Watch[] = [mailWatch()]) {
  const clock = adjustableClock();
  const log = recordingLog();
  const lookUps: (readonly string[])[] = [];
  const failing: [string, SubscriptionReason][] = [];
  const gaps: NewEvent[] = [];
  const setting = {
    clock,
    log,
    lookUps,
    failing,
    /** Notifications that were told of as ours, and as nobody's. */
    counted: 0,
    forged: 0,
    /** What the gaps in the log say. */
    gaps: () => gaps.map((gap): unknown => JSON.parse(gap.data)),
    /** Now, as the receiver writes it. */
    at: () => new Date(clock.now()).toISOString(),
    alarms: () => log.lines.filter(({ act }) => act === 'client_state.wrong_secret'),
  };
  const store = {
    findWatches: async (keys: readonly string[]) => {
      lookUps.push(keys);
      return watches.filter(({ key }) => keys.includes(key));
    },
    markFailing: async (key: string, reason: SubscriptionReason) => {
      failing.push([key, reason]);
    },
    appendEvents: async ({ events }: Append): Promise<AppendResult> => {
      gaps.push(...events);
      return { status: 'appended', head: gaps.length, duplicates: [] };
    },
  };
  const counters = {
    wrongSecret: (items: number) => {
      setting.counted += items;
    },
    forged: (items: number) => {
      setting.forged += items;
    },
  };
  const watch = new ForgeryWatch({ store, clock, log, counters, appended: () => {} });
  return Object.assign(setting, { store, watch });
}

function invented(count: number, from = 0): { key: string; version: string }[] {
  return Array.from({ length: count }, (_, at) => ({
    key: `invented${String(from + at).padStart(12, '0')}`,
    version: VERSION,
  }));
}

describe('a forgery that names a subscription of ours', () => {
  it('is an alarm: in the log, in the numbers, and as the reason why the subscription fails', async () => {
    const setting = watching();
    setting.watch.noticed([FORGERY, FORGERY], NOW);
    await setting.watch.lookUp();
    expect(setting.alarms()).toEqual([
      { level: 'error', act: 'client_state.wrong_secret', fields: { key: KEY, version: VERSION } },
    ]);
    expect([setting.counted, setting.forged]).toEqual([2, 0]);
    expect(setting.failing).toEqual([
      [
        KEY,
        {
          code: 'wrong_secret',
          message: expect.stringContaining(VERSION),
          remedy: expect.stringMatching(/SECRETS_KEY.*behind the new one.*create it again/),
          since: NOW,
        },
      ],
    ]);
  });

  it('is told of by itself, a moment after it came', async () => {
    const setting = watching();
    setting.watch.noticed([FORGERY], setting.at());
    expect(setting.lookUps).toEqual([]);
    await until(() => setting.alarms().length === 1);
    expect(setting.lookUps).toEqual([[KEY]]);
  });

  it('is told of once in five minutes, and counted each time', async () => {
    const setting = watching();
    const comes = async (): Promise<void> => {
      setting.watch.noticed([FORGERY], setting.at());
      await setting.watch.lookUp();
    };
    await comes();
    setting.clock.advance(299_999);
    await comes();
    expect([setting.alarms().length, setting.lookUps.length, setting.counted]).toEqual([1, 2, 2]);
    setting.clock.advance(30_000);
    await comes();
    expect([setting.alarms().length, setting.lookUps.length, setting.counted]).toEqual([2, 3, 3]);
  });

  it('marks the subscription once in five minutes, however often it comes and is looked up', async () => {
    const setting = watching();
    for (let times = 0; times < 20; times++) {
      setting.watch.noticed([FORGERY], setting.at());
      await setting.watch.lookUp();
      setting.clock.advance(30_000);
    }
    expect([setting.failing.length, setting.lookUps.length]).toEqual([2, 20]);
    expect([setting.alarms().length, setting.counted, setting.forged]).toEqual([2, 20, 0]);
  });

  it("is nobody's again soon after the subscription was paused", async () => {
    const watches = [mailWatch()];
    const setting = watching(watches);
    const comes = async (): Promise<void> => {
      setting.watch.noticed([FORGERY], setting.at());
      await setting.watch.lookUp();
    };
    await comes();
    watches[0] = mailWatch({ status: 'paused' });
    setting.clock.advance(30_000);
    await comes();
    expect([setting.counted, setting.forged, setting.failing.length]).toEqual([1, 1, 1]);
  });

  it('keeps being counted as ours where too much is asked for to look it up again', async () => {
    const setting = watching();
    setting.watch.noticed([FORGERY], setting.at());
    await setting.watch.lookUp();
    setting.clock.advance(30_000);
    setting.watch.noticed([...invented(50), FORGERY], setting.at());
    expect(setting.counted).toBe(2);
  });

  it('is a gap in the log, from the first that was dropped to the last, once in five minutes', async () => {
    const setting = watching();
    const { watch, clock } = setting;
    const comesAfter = async (ms: number): Promise<void> => {
      clock.advance(ms);
      watch.noticed([FORGERY], setting.at());
      await watch.lookUp();
    };
    await comesAfter(0);
    for (let minute = 1; minute < 12; minute++) await comesAfter(60_000);
    await watch.close();
    expect(setting.gaps()).toEqual([{ cause: 'wrong_secret', from: NOW, to: '2026-01-02T03:15:05.000Z' }]);
    expect(setting.counted).toBe(12);
  });

  it('that waited for a look-up when the hub stopped is looked up and recorded', async () => {
    const setting = watching();
    setting.watch.noticed([FORGERY], NOW);
    setting.clock.advance(200);
    setting.watch.noticed([FORGERY], setting.at());
    await setting.watch.close();
    expect(setting.gaps()).toEqual([{ cause: 'wrong_secret', from: NOW, to: '2026-01-02T03:04:05.200Z' }]);
    expect(setting.failing).toHaveLength(1);
  });

  it('is looked up again soon where the subscription could not be marked', async () => {
    const setting = watching();
    const { markFailing } = setting.store;
    setting.store.markFailing = () => Promise.reject(new Error('no database'));
    setting.watch.noticed([FORGERY], NOW);
    await setting.watch.lookUp();
    setting.store.markFailing = markFailing;
    setting.watch.noticed([FORGERY], NOW);
    await setting.watch.lookUp();
    expect(setting.failing).toHaveLength(1);
    expect(setting.counted).toBe(2);
  });

  it.each(['deleting', 'paused'] as const)(
    'is no alarm while that one is %s, nor where there is none',
    async (status) => {
      const setting = watching([mailWatch({ status })]);
      setting.watch.noticed([FORGERY, ...invented(1)], setting.at());
      await setting.watch.lookUp();
      setting.watch.noticed([FORGERY, ...invented(1)], setting.at());
      await setting.watch.lookUp();
      expect(setting.lookUps).toHaveLength(1);
      await setting.watch.close();
      expect([setting.alarms(), setting.failing, setting.gaps()]).toEqual([[], [], []]);
      expect([setting.counted, setting.forged]).toEqual([0, 4]);
    },
  );
});

describe('a flood of forgeries', () => {
  it('is looked up fifty keys in ten seconds, in few queries, and what is ours is still found', async () => {
    const setting = watching();
    for (let second = 0; second < 30; second++) {
      setting.watch.noticed(invented(1_000, second * 1_000), setting.at());
      await setting.watch.lookUp();
      setting.clock.advance(1_000);
    }
    expect(setting.lookUps.flat()).toHaveLength(150);
    expect(setting.lookUps).toHaveLength(3);
    expect(setting.forged).toBe(30_000);
    setting.watch.noticed([FORGERY, ...invented(1_000, 99_000)], setting.at());
    await setting.watch.lookUp();
    expect(setting.alarms()).toHaveLength(1);
  });

  it('of many busy subscriptions leaves room to look the quiet ones up', async () => {
    const busy = invented(300).map(({ key }) => mailWatch({ key }));
    const quiet = invented(50, 1_000).map(({ key }) => mailWatch({ key }));
    const setting = watching([...busy, ...quiet]);
    const forge = (watches: readonly Watch[]): void =>
      setting.watch.noticed(
        watches.map(({ key }) => ({ key, version: VERSION })),
        setting.at(),
      );
    for (let second = 0; second < 30 * 60; second++) {
      forge(busy);
      if (second % 60 === 0) forge(quiet);
      await setting.watch.lookUp();
      setting.clock.advance(1_000);
    }
    const marked = new Set(setting.failing.map(([key]) => key));
    expect(quiet.filter(({ key }) => !marked.has(key))).toEqual([]);
  });

  it('without a query while nothing was noticed', async () => {
    const setting = watching();
    setting.watch.noticed([], setting.at());
    await setting.watch.lookUp();
    expect(setting.lookUps).toEqual([]);
  });
});

describe('a look-up', () => {
  it('that the database does not answer is told of, and made again for what it was to be made for', async () => {
    const setting = watching();
    const { findWatches } = setting.store;
    setting.store.findWatches = () => Promise.reject(new Error('no database'));
    setting.watch.noticed([FORGERY], setting.at());
    await setting.watch.lookUp();
    expect(setting.log.lines).toEqual([
      { level: 'warn', act: 'client_state.not_looked_up', fields: { keys: 1, reason: 'no database' } },
    ]);
    setting.store.findWatches = findWatches;
    setting.clock.advance(5_000);
    setting.watch.noticed([FORGERY], setting.at());
    await setting.watch.lookUp();
    await setting.watch.close();
    expect(setting.alarms()).toHaveLength(1);
    expect([setting.counted, setting.forged]).toEqual([2, 0]);
    expect(setting.gaps()).toEqual([{ cause: 'wrong_secret', from: NOW, to: '2026-01-02T03:04:10.000Z' }]);
  });

  it('is not begun any more after the end, and one under way is waited for', async () => {
    const setting = watching();
    const { promise: answered, resolve: answer } = Promise.withResolvers<Watch[]>();
    setting.store.findWatches = (keys) => {
      setting.lookUps.push(keys);
      return answered;
    };
    setting.watch.noticed([FORGERY], setting.at());
    await until(() => setting.lookUps.length === 1);
    const closed = setting.watch.close();
    answer([mailWatch()]);
    await closed;
    expect(setting.failing).toHaveLength(1);
  });

  it('waits for the one under way before the next, so that the end waits for both', async () => {
    const [setting, other] = [watching(), watching()];
    const { promise: answered, resolve: answer } = Promise.withResolvers<Watch[]>();
    setting.store.findWatches = (keys) => {
      setting.lookUps.push(keys);
      return setting.lookUps.length === 1 ? answered : Promise.resolve([]);
    };
    setting.watch.noticed([FORGERY], setting.at());
    await until(() => setting.lookUps.length === 1);
    setting.watch.noticed([{ ...FORGERY, key: 'another0another0another0' }], setting.at());
    // Noticed after it, so what waits as long has begun before.
    other.watch.noticed([FORGERY], other.at());
    await until(() => other.lookUps.length === 1);
    let isClosed = false;
    const closing = setting.watch.close().finally(() => {
      isClosed = true;
    });
    await other.watch.close();
    expect(isClosed).toBe(false);
    answer([mailWatch()]);
    await closing;
    expect(setting.failing).toHaveLength(1);
    expect(setting.lookUps).toHaveLength(2);
  });
});
