import { describe, expect, test } from 'vitest';
import { eventFeed } from '../../webapp/src/live/event-feed.ts';
import { filterRows, rowOf } from '../../webapp/src/live/event-row.ts';
import { liveStore, MAX_HELD_ROWS } from '../../webapp/src/live/live-store.ts';
import { throughput } from '../../webapp/src/live/throughput.ts';
import { officeEvent } from './office-events.ts';

function rig(keep = 5_000) {
  const feed = eventFeed(keep);
  feed.start([officeEvent(101, 0), officeEvent(100, 0)]);
  const frames: (() => void)[] = [];
  const store = liveStore({ feed, onFrame: (act) => frames.push(act), nowMs: () => 0 });
  let drawn = 0;
  store.subscribe(() => drawn++);
  const arrive = (...sequences: number[]): void => {
    feed.push(sequences.map((sequence) => officeEvent(sequence, 0)));
    store.feedChanged({ state: 'connecting' });
  };
  const frame = (): void => frames.splice(0).forEach((act) => act());
  const shown = (): number[] => store.view().rows.map((row) => row.sequence);
  return { feed, store, arrive, frame, frames, shown, draws: () => drawn };
}

describe('drawing', () => {
  test('happens once a frame, however many events come', () => {
    const { arrive, frame, frames, shown, draws } = rig();
    for (let sequence = 102; sequence < 152; sequence++) arrive(sequence);
    expect(frames).toHaveLength(1);
    expect(draws()).toBe(0);
    frame();
    expect(draws()).toBe(1);
    expect(shown()).toHaveLength(52);
  });
});

describe('a held list', () => {
  test('stands still and counts what comes in; following again shows it', () => {
    const { store, arrive, frame, shown } = rig();
    arrive();
    frame();
    store.hold('pause');
    arrive(102, 103);
    frame();
    arrive(104);
    frame();
    expect(shown()).toEqual([101, 100]);
    expect(store.view()).toMatchObject({ heldBy: 'pause', waiting: 3 });
    store.follow();
    expect(shown()).toEqual([104, 103, 102, 101, 100]);
    expect(store.view()).toMatchObject({ heldBy: null, waiting: 0 });
  });

  test('stays paused when somebody scrolls in it, and is paused by the button while it is read', () => {
    const { store } = rig();
    store.hold('reading');
    store.hold('pause');
    expect(store.view().heldBy).toBe('pause');
    store.hold('reading');
    expect(store.view().heldBy).toBe('pause');
  });

  test('takes older lines at its end, each once, and no more than it may have', () => {
    const { store, shown, frame, arrive } = rig();
    arrive();
    frame();
    store.appendOlder([rowOf(officeEvent(99, 0))]);
    expect(shown()).toEqual([101, 100]);
    store.hold('reading');
    store.appendOlder([100, 99, 98].map((sequence) => rowOf(officeEvent(sequence, 0))));
    expect(shown()).toEqual([101, 100, 99, 98]);
    const template = rowOf(officeEvent(1, 0));
    store.appendOlder(
      Array.from({ length: MAX_HELD_ROWS }, (_, index) => ({ ...template, sequence: 90 - index })),
    );
    expect(shown()).toHaveLength(MAX_HELD_ROWS);
    store.follow();
    expect(shown()).toEqual([101, 100]);
  });

  test('that was held before anything was there still gets its first page', () => {
    const feed = eventFeed(10);
    const store = liveStore({ feed, onFrame: (act) => act(), nowMs: () => 0 });
    store.hold('pause');
    feed.start([officeEvent(1, 0)]);
    store.feedChanged({ state: 'live' });
    expect(store.view().rows).toHaveLength(1);
  });
});

test('the filter finds all words, in any order and case, in what a line says', () => {
  const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((sequence) => rowOf(officeEvent(sequence, 0)));
  expect(filterRows(rows, '  ')).toBe(rows);
  expect(filterRows(rows, 'keller MESSAGEcreated').length).toBeGreaterThan(0);
  for (const row of filterRows(rows, 'keller MESSAGEcreated')) {
    expect(row.type).toContain('MessageCreated');
    expect(`${row.about.text} ${row.subscription}`.toLowerCase()).toContain('keller');
  }
  expect(filterRows(rows, 'keller nowhere')).toEqual([]);
});

test('throughput is what came in the last seconds, and falls to nothing', () => {
  const rate = throughput(5);
  expect(rate.perSecond(0)).toBeNull();
  rate.count(50, 1_000);
  rate.count(50, 2_000);
  expect(rate.perSecond(4_500)).toBeNull();
  expect(rate.perSecond(5_500)).toBe(20);
  expect(rate.perSecond(6_500)).toBe(10);
  expect(rate.perSecond(20_000)).toBe(0);
});
