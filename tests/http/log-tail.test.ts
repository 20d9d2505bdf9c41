import { describe, expect, test } from 'vitest';
import { LogTail } from '../../src/http/log-tail.ts';
import { recordingLog } from '../support/logs.ts';
import { until } from '../support/until.ts';

const HOUR = 3_600_000;
const never = new AbortController().signal;

function tailOver(log: { head: number | Error }, pollMs: number) {
  let asked = 0;
  const lines = recordingLog();
  const tail = new LogTail({
    store: {
      logHead: async () => {
        asked++;
        if (log.head instanceof Error) throw log.head;
        return log.head;
      },
    },
    log: lines,
    pollMs,
  });
  return { tail, asked: () => asked, lines };
}

describe('the tail of the log', () => {
  test('is not asked for while nobody waits', async () => {
    const { tail, asked } = tailOver({ head: 5 }, 1);
    tail.nudge();
    expect(await tail.beyond(4, HOUR, never)).toBe(true);
    const before = asked();
    tail.nudge();
    const busy = tailOver({ head: 0 }, 1);
    void busy.tail.beyond(0, 1_000, AbortSignal.timeout(1_000));
    await until(() => busy.asked() > 10);
    expect(asked()).toBe(before);
  });

  test('lets everybody go at the end, and says nothing of a store that is closed by then', async () => {
    const { tail, lines } = tailOver({ head: new Error('the pool is closed') }, 1);
    const waiting = tail.beyond(0, HOUR, never);
    tail.stop();
    tail.nudge();
    expect(await waiting).toBe(false);
    expect(await tail.beyond(0, HOUR, never)).toBe(false);
    expect(lines.acts()).toEqual([]);
  });

  test('is asked for once for everybody who waits', async () => {
    const log = { head: 0 };
    const { tail, asked } = tailOver(log, HOUR);
    const waiting = Array.from({ length: 100 }, (_, position) => tail.beyond(position, HOUR, never));
    log.head = 100;
    tail.nudge();
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => true));
    expect(asked()).toBe(1);
  });

  test('wakes only those it has something for', async () => {
    const log = { head: 3 };
    const { tail } = tailOver(log, 1);
    let later = false;
    const waiting = tail.beyond(3, HOUR, never).then(() => (later = true));
    await tail.beyond(2, HOUR, never);
    expect(later).toBe(false);
    log.head = 4;
    await waiting;
  });

  test('an append while it is being asked for is not overlooked', async () => {
    const heads: ((head: number) => void)[] = [];
    const tail = new LogTail({
      store: { logHead: () => new Promise((resolve) => heads.push(resolve)) },
      log: recordingLog(),
      pollMs: HOUR,
    });
    const waiting = tail.beyond(1, HOUR, never);
    tail.nudge();
    tail.nudge();
    heads[0]?.(1);
    await until(() => heads.length === 2);
    heads[1]?.(2);
    expect(await waiting).toBe(true);
  });

  test('gives up after a time, or when told to', async () => {
    const { tail } = tailOver({ head: 1 }, HOUR);
    expect(await tail.beyond(1, 1, never)).toBe(false);
    const stop = new AbortController();
    const waiting = tail.beyond(1, HOUR, stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
    expect(await tail.beyond(0, HOUR, stop.signal)).toBe(false);
  });

  test('goes on when the database is back, and tells once that it was away', async () => {
    const log: { head: number | Error } = { head: new Error('away') };
    const { tail, lines, asked } = tailOver(log, HOUR);
    const waiting = tail.beyond(1, HOUR, never);
    tail.nudge();
    await until(() => asked() === 1);
    tail.nudge();
    await until(() => asked() === 2);
    log.head = 2;
    tail.nudge();
    expect(await waiting).toBe(true);
    expect(lines.acts()).toEqual(['log_tail.unavailable']);
  });
});
