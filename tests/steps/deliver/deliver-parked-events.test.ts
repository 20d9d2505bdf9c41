import { describe, expect, it } from 'vitest';
import { DOWN, OK, refusing, smallDelivery, upTo } from '../../support/small-delivery.ts';
import { loggedEvent } from '../../support/small-destination.ts';

describe('an event that a destination refuses', () => {
  it('is parked, and the cursor goes on', async () => {
    const setting = smallDelivery(5);
    setting.answer = refusing(2, 4);
    expect(await setting.run()).toEqual({ status: 'done', delivered: 5 });
    expect(setting.destination.cursor).toBe(5);
    expect([...setting.destination.parked.values()]).toEqual(
      [2, 4].map((sequence) => ({
        sequence,
        code: 'http_400',
        message: 'no',
        attempts: 1,
        nextAttemptAt: new Date(setting.clock.now() + 45_000).toISOString(),
      })),
    );
  });

  it('is sent again when it is due, alone; delivered at last, it is forgotten', async () => {
    const setting = smallDelivery(5);
    setting.answer = refusing(2, 4);
    await setting.run();
    setting.clock.advance(44_999);
    await setting.run();
    expect(setting.pages).toEqual([[1, 2, 3, 4, 5]]);
    setting.clock.advance(1);
    setting.answer = refusing(4);
    expect(await setting.run()).toEqual({ status: 'done', delivered: 0 });
    expect(setting.pages.slice(1)).toEqual([[2], [4]]);
    expect([...setting.destination.parked.values()]).toMatchObject([{ sequence: 4, attempts: 2 }]);
    const [parked] = setting.destination.parked.values();
    expect(Date.parse(parked?.nextAttemptAt ?? '') - setting.clock.now()).toBe(90_000);
  });

  it('has its turn though the log never comes to an end', async () => {
    const setting = smallDelivery(5);
    setting.answer = refusing(2, 4);
    await setting.run();
    setting.clock.advance(60_000);
    setting.answer = (sequences) => {
      // With each page that is read, more is appended: no run ever reaches the head.
      if (sequences.length > 1) {
        setting.clock.advance(900);
        const last = setting.destination.log.length;
        for (let more = 1; more <= 1_000; more++) setting.destination.log.push(loggedEvent(last + more));
      } else setting.clock.advance(300);
      return OK;
    };
    for (let more = 6; more <= 1_000; more++) setting.destination.log.push(loggedEvent(more));
    expect((await setting.run()).status).toBe('again');
    expect(setting.destination.parked.size).toBe(0);
    expect(setting.pages.slice(-2)).toEqual([[2], [4]]);
    expect(setting.destination.owner).toBeNull();
  });

  it('does not hold up the log: after a while the others wait for the next run', async () => {
    const setting = smallDelivery(30);
    setting.answer = refusing(...upTo(30));
    await setting.run();
    setting.clock.advance(60_000);
    setting.answer = () => {
      setting.clock.advance(400);
      return OK;
    };
    expect((await setting.run()).status).toBe('done');
    expect(setting.pages.slice(1)).toEqual([[1], [2], [3], [4], [5]]);
    expect(setting.destination.parked.size).toBe(25);
    setting.answer = () => {
      setting.clock.advance(10_000);
      return OK;
    };
    await setting.run();
    expect(setting.destination.parked.size).toBe(24);
  });

  it('is left alone by a run that is told to stop', async () => {
    const setting = smallDelivery(5);
    setting.answer = refusing(2);
    await setting.run();
    setting.clock.advance(60_000);
    expect((await setting.run('runner-a', AbortSignal.abort())).status).toBe('done');
    expect(setting.pages).toHaveLength(1);
    expect(setting.destination.owner).toBeNull();
  });

  it('that is no longer kept is forgotten', async () => {
    const setting = smallDelivery(5);
    setting.answer = refusing(2);
    await setting.run();
    setting.destination.oldest = 3;
    setting.clock.advance(60_000);
    await setting.run();
    expect(setting.destination.parked.size).toBe(0);
    expect(setting.pages).toHaveLength(1);
  });

  it('stays parked as it is when the destination fails, which is then left in peace for a while', async () => {
    const setting = smallDelivery(5);
    setting.answer = refusing(2, 4);
    await setting.run();
    setting.clock.advance(60_000);
    const before = [...setting.destination.parked.values()];
    setting.answer = () => DOWN;
    expect((await setting.run()).status).toBe('failed');
    expect([...setting.destination.parked.values()]).toEqual(before);
    expect(setting.pages.slice(1)).toEqual([[2]]);
    expect(setting.destination).toMatchObject({ failures: 1, owner: null });
    expect(await setting.run()).toEqual({ status: 'not_claimed', why: 'waiting' });
  });
});
