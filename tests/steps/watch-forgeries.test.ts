import { describe, expect, it } from 'vitest';
import type { SubscriptionReason } from '../../src/core/subscription.ts';
import type { Watch } from '../../src/ports/subscription-store.ts';
import { ForgeryWatch } from '../../src/steps/watch-forgeries.ts';
import { adjustableClock } from '../support/adjustable-clock.ts';
import { recordingLog } from '../support/logs.ts';
import { mailWatch } from '../support/small-workshop.ts';
import { until } from '../support/until.ts';

const KEY = mailWatch().key;
const VERSION = '0a1b2c3d';
const FORGERY = { key: KEY, version: VERSION };

function watching(watches: readonly Watch[] = [mailWatch()]) {
  const clock = adjustableClock();
  const log = recordingLog();
  const lookUps: (readonly string[])[] = [];
  const failing: [string, SubscriptionReason][] = [];
  const setting = {
    clock,
    log,
    lookUps,
    failing,
    counted: 0,
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
  };
  const counters = {
    wrongSecret: (items: number) => {
      setting.counted += items;
    },
  };
  const watch = new ForgeryWatch({ store, clock, log, counters });
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
    setting.watch.noticed([FORGERY, FORGERY]);
    await setting.watch.lookUp();
    expect(setting.alarms()).toEqual([
      { level: 'error', act: 'client_state.wrong_secret', fields: { key: KEY, version: VERSION } },
    ]);
    expect(setting.counted).toBe(2);
    expect(setting.failing).toEqual([
      [
        KEY,
        {
          code: 'wrong_secret',
          message: expect.stringContaining(VERSION),
          remedy: expect.stringMatching(/SECRETS_KEY.*behind the new one.*create it again/),
          since: '2026-01-02T03:04:05.000Z',
        },
      ],
    ]);
  });

  it('is told of by itself, a moment after it came', async () => {
    const setting = watching();
    setting.watch.noticed([FORGERY]);
    expect(setting.lookUps).toEqual([]);
    await until(() => setting.alarms().length === 1);
    expect(setting.lookUps).toEqual([[KEY]]);
  });

  it('is told of once a minute, and counted each time', async () => {
    const setting = watching();
    const comes = async (): Promise<void> => {
      setting.watch.noticed([FORGERY]);
      await setting.watch.lookUp();
    };
    await comes();
    setting.clock.advance(59_999);
    await comes();
    expect([setting.alarms().length, setting.lookUps.length, setting.counted]).toEqual([1, 1, 2]);
    setting.clock.advance(1);
    await comes();
    expect([setting.alarms().length, setting.lookUps.length, setting.counted]).toEqual([2, 2, 3]);
  });

  it('is no alarm while that one is being deleted, nor where there is none', async () => {
    const setting = watching([mailWatch({ status: 'deleting' })]);
    setting.watch.noticed([FORGERY, ...invented(1)]);
    await setting.watch.lookUp();
    setting.watch.noticed([FORGERY, ...invented(1)]);
    await setting.watch.lookUp();
    expect(setting.lookUps).toHaveLength(1);
    expect([setting.alarms(), setting.failing, setting.counted]).toEqual([[], [], 0]);
  });
});

describe('a flood of forgeries', () => {
  it('is looked up fifty keys in ten seconds, in few queries, and what is ours is still found', async () => {
    const setting = watching();
    for (let second = 0; second < 30; second++) {
      setting.watch.noticed(invented(1_000, second * 1_000));
      await setting.watch.lookUp();
      setting.clock.advance(1_000);
    }
    expect(setting.lookUps.flat()).toHaveLength(150);
    expect(setting.lookUps).toHaveLength(3);
    setting.watch.noticed([FORGERY, ...invented(1_000, 99_000)]);
    await setting.watch.lookUp();
    expect(setting.alarms()).toHaveLength(1);
  });

  it('without a query while nothing was noticed', async () => {
    const setting = watching();
    setting.watch.noticed([]);
    await setting.watch.lookUp();
    expect(setting.lookUps).toEqual([]);
  });
});

describe('a look-up', () => {
  it('that the database does not answer is told of, and made again when the key comes again', async () => {
    const setting = watching();
    const { findWatches } = setting.store;
    setting.store.findWatches = () => Promise.reject(new Error('no database'));
    setting.watch.noticed([FORGERY]);
    await setting.watch.lookUp();
    expect(setting.log.lines).toEqual([
      { level: 'warn', act: 'client_state.not_looked_up', fields: { keys: 1, reason: 'no database' } },
    ]);
    setting.store.findWatches = findWatches;
    setting.watch.noticed([FORGERY]);
    await setting.watch.lookUp();
    expect(setting.alarms()).toHaveLength(1);
  });

  it('is not begun any more after the end, and one under way is waited for', async () => {
    const setting = watching();
    const { promise: answered, resolve: answer } = Promise.withResolvers<Watch[]>();
    setting.store.findWatches = (keys) => {
      setting.lookUps.push(keys);
      return answered;
    };
    setting.watch.noticed([FORGERY]);
    await until(() => setting.lookUps.length === 1);
    const closed = setting.watch.close();
    answer([mailWatch()]);
    await closed;
    expect(setting.failing).toHaveLength(1);
  });
});
