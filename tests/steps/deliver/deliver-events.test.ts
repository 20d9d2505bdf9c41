import { describe, expect, it } from 'vitest';
import { DOWN, OK, smallDelivery, upTo } from '../../support/small-delivery.ts';

describe('a run', () => {
  it('sends everything after the cursor once, in order, in pages, and lets go', async () => {
    const { destination, pages, run, sent } = smallDelivery(1_600);
    expect(await run()).toEqual({ status: 'done', delivered: 1_600 });
    expect(sent()).toEqual(upTo(1_600));
    expect(Math.max(...pages.map((page) => page.length))).toBe(500);
    expect(destination).toMatchObject({ cursor: 1_600, owner: null, failures: 0 });
  });

  it('goes on where the last one stopped', async () => {
    const { destination, run, sent } = smallDelivery(5);
    destination.cursor = 3;
    expect(await run()).toEqual({ status: 'done', delivered: 2 });
    expect(sent()).toEqual([4, 5]);
    expect(await run()).toEqual({ status: 'done', delivered: 0 });
  });

  it('passes over what nobody would get, after a page that went to nobody', async () => {
    const setting = smallDelivery(1_000);
    setting.answer = () => ({ status: 'delivered', requests: 0, refused: [] });
    setting.nobody = () => true;
    expect((await setting.run()).status).toBe('done');
    expect(setting.pages).toHaveLength(1);
    expect(setting.destination.cursor).toBe(1_000);
  });

  it('reads again as soon as somebody is there', async () => {
    const setting = smallDelivery(200);
    setting.answer = () => ({ status: 'delivered', requests: 0, refused: [] });
    setting.nobody = () => false;
    await setting.run();
    expect(setting.sent()).toEqual(upTo(200));
  });

  it('does not ask for listeners while somebody gets what is sent', async () => {
    const setting = smallDelivery(200);
    setting.nobody = () => {
      throw new Error('it was asked');
    };
    expect(await setting.run()).toEqual({ status: 'done', delivered: 200 });
  });

  it('does not pass over what came after nobody was there', async () => {
    const setting = smallDelivery(100);
    setting.answer = () => ({ status: 'delivered', requests: 0, refused: [] });
    // Somebody comes, and the log goes on, just after the answer: the head was taken before it.
    setting.nobody = () => {
      if (setting.destination.log.length === 100)
        setting.destination.log.push(...smallDelivery(101).destination.log.slice(100));
      return true;
    };
    await setting.run();
    expect(setting.destination.cursor).toBe(100);
  });

  it('tells of each attempt in one line, without what the events carry', async () => {
    const { log, run } = smallDelivery(2);
    await run();
    expect(log.lines).toEqual([
      {
        level: 'info',
        act: 'delivery.attempted',
        fields: { destination: 'realtime', from: 1, to: 2, requests: 1, refused: 0, oldestMs: 5_000 },
      },
    ]);
  });

  it.each([
    [
      'held',
      (it: ReturnType<typeof smallDelivery>) =>
        Object.assign(it.destination, { leasedUntil: it.clock.now() + 1 }),
    ],
    ['paused', (it: ReturnType<typeof smallDelivery>) => Object.assign(it.destination, { paused: true })],
    [
      'waiting',
      (it: ReturnType<typeof smallDelivery>) =>
        Object.assign(it.destination, { retryAt: '2027-01-01T00:00:00Z' }),
    ],
  ] as const)('does nothing where the cursor is %s', async (why, prepare) => {
    const setting = smallDelivery(3);
    prepare(setting);
    expect(await setting.run()).toEqual({ status: 'not_claimed', why });
    expect(setting.pages).toEqual([]);
  });

  it('goes on from what is kept when the log forgot what comes next', async () => {
    const { destination, log, run, sent } = smallDelivery(9);
    Object.assign(destination, { oldest: 7, cursor: 2 });
    expect(await run()).toEqual({ status: 'done', delivered: 3 });
    expect(sent()).toEqual([7, 8, 9]);
    expect(destination.cursor).toBe(9);
    const skipped = { destination: 'realtime', from: 3, to: 6 };
    expect(log.lines[0]).toEqual({ level: 'warn', act: 'delivery.skipped', fields: skipped });
    await run();
    expect(log.acts()).toEqual(['delivery.skipped', 'delivery.attempted']);
  });

  it('tells nothing of what was skipped when another runner has taken over', async () => {
    const { destination, log, run } = smallDelivery(9);
    destination.oldest = 7;
    destination.store.moveCursor = () => Promise.resolve(false);
    expect((await run()).status).toBe('lost');
    expect(log.acts()).toEqual([]);
  });

  it('gives its place back after a slice of time, and says that there is more', async () => {
    const setting = smallDelivery(1_000);
    setting.answer = () => {
      setting.clock.advance(900);
      return OK;
    };
    const first = await setting.run();
    expect(first.status).toBe('again');
    expect(setting.destination.owner).toBeNull();
    expect(setting.destination.cursor).toBe(setting.sent().length);
    while ((await setting.run()).status === 'again');
    expect(setting.sent()).toEqual(upTo(1_000));
  });

  it('stops between pages when it is told to', async () => {
    const setting = smallDelivery(1_000);
    const stop = new AbortController();
    setting.answer = () => {
      stop.abort();
      return OK;
    };
    expect((await setting.run('runner-a', stop.signal)).status).toBe('again');
    expect(setting.pages).toHaveLength(1);
    expect(setting.destination).toMatchObject({ owner: null, cursor: setting.sent().length });
  });

  it('that was taken over moves nothing any more, and stops', async () => {
    const setting = smallDelivery(1_000);
    setting.answer = () => {
      if (setting.pages.length === 2) Object.assign(setting.destination, { owner: 'runner-b', fence: 9 });
      return OK;
    };
    const outcome = await setting.run();
    expect(outcome.status).toBe('lost');
    expect(setting.pages).toHaveLength(2);
    expect(setting.destination).toMatchObject({ owner: 'runner-b', cursor: setting.pages[0]?.length });
  });

  it('never holds a page for longer than its lease, however slow the destination takes it', async () => {
    const setting = smallDelivery(800);
    const { leasedUntil: none } = setting.destination;
    let overrun = none;
    setting.answer = (sequences) => {
      setting.clock.advance(100 * sequences.length);
      overrun = Math.max(overrun, setting.clock.now() - setting.destination.leasedUntil);
      return OK;
    };
    for (let turn = 0; turn < 500 && setting.destination.cursor < 800; turn++) await setting.run();
    expect(setting.destination.cursor).toBe(800);
    expect(setting.sent()).toEqual(upTo(800));
    expect(overrun).toBeLessThanOrEqual(0);
  });
});

describe('a destination that fails', () => {
  it('holds the cursor, parks nothing, and is tried again later and later', async () => {
    const setting = smallDelivery(3);
    setting.answer = () => DOWN;
    const waits: number[] = [];
    for (let turn = 0; turn < 10; turn++) {
      const outcome = await setting.run();
      expect(outcome.status).toBe('failed');
      expect(await setting.run()).toEqual({ status: 'not_claimed', why: 'waiting' });
      waits.push(Date.parse(setting.destination.retryAt ?? '') - setting.clock.now());
      setting.clock.set(setting.destination.retryAt ?? '');
    }
    expect(waits.slice(0, 4)).toEqual([375, 750, 1_500, 3_000]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
    expect(setting.destination).toMatchObject({ cursor: 0, failures: 10, owner: null });
    expect(setting.destination.parked.size).toBe(0);
    expect(setting.destination.lastFailure).toMatchObject({ code: 'ECONNREFUSED', message: 'nobody there' });
    setting.answer = () => OK;
    expect(await setting.run()).toEqual({ status: 'done', delivered: 3 });
    expect(setting.destination.failures).toBe(0);
  });

  it('is not asked before it said', async () => {
    const setting = smallDelivery(1);
    setting.answer = () => ({ ...DOWN, retryAfterMs: 90_000 });
    const outcome = await setting.run();
    expect(outcome).toEqual({
      status: 'failed',
      retryAt: new Date(setting.clock.now() + 90_000).toISOString(),
    });
  });

  it('after a success begins anew: it is soon tried again', async () => {
    const setting = smallDelivery(1_000);
    setting.destination.failures = 9;
    setting.answer = () => (setting.pages.length === 2 ? DOWN : OK);
    const outcome = await setting.run();
    expect(outcome).toEqual({ status: 'failed', retryAt: new Date(setting.clock.now() + 375).toISOString() });
    expect(setting.destination).toMatchObject({ failures: 1, cursor: setting.pages[0]?.length });
  });

  it('of which the store fails throws, and leaves a lease that ends', async () => {
    const { destination, run } = smallDelivery(3);
    destination.store.readEvents = () => Promise.reject(new Error('no database'));
    await expect(run()).rejects.toThrow('no database');
    expect(destination.cursor).toBe(0);
  });
});
