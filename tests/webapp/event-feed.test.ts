import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CloudEvent } from '../../src/core/event.ts';
import { eventFeed } from '../../webapp/src/live/event-feed.ts';
import { officeEvent } from './office-events.ts';

const log = Array.from({ length: 60 }, (_, index) => officeEvent(index + 1, 1_700_000_000_000 + index));

function events(...sequences: number[]): CloudEvent[] {
  return sequences.flatMap((sequence) => log[sequence - 1] ?? []);
}

function sequences(feed: ReturnType<typeof eventFeed>): number[] {
  return feed.rows().map((row) => row.sequence);
}

describe('the rows', () => {
  test('are newest first, each once, however they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 }), { maxLength: 30 }),
        (batches) => {
          const feed = eventFeed(1000);
          feed.start([]);
          for (const batch of batches) feed.push(events(...batch));
          const expected = [...new Set(batches.flat())].sort((a, b) => b - a);
          expect(sequences(feed)).toEqual(expected);
          expect(feed.added()).toBe(expected.length);
        },
      ),
    );
  });

  test('are the newest, as many as are kept, and what was let go does not come back', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(log.map((_, index) => index + 1)),
        fc.integer({ min: 1, max: 9 }),
        (order, keep) => {
          const feed = eventFeed(keep);
          feed.start([]);
          for (const sequence of order) feed.push(events(sequence));
          feed.push(events(...order));
          expect(sequences(feed)).toEqual(order.toSorted((a, b) => b - a).slice(0, keep));
        },
      ),
    );
  });

  test('lose nothing to a hole: what was pushed before the first page and lies below it is left for reading back', () => {
    const feed = eventFeed(100);
    feed.push(events(3, 40));
    feed.start(events(41, 40, 39));
    expect(sequences(feed)).toEqual([41, 40, 39]);
    feed.push(events(3));
    expect(sequences(feed)).toEqual([41, 40, 39]);
  });

  test('take the fuller copy of an event that was too large to be pushed whole', () => {
    const feed = eventFeed(100);
    feed.start([]);
    const [whole] = events(1);
    if (whole === undefined) throw new Error('no event');
    feed.push([{ ...whole, data: {} }]);
    expect(feed.rows()[0]?.about.known).toBe(false);
    feed.read([whole], 1);
    expect(feed.rows()).toHaveLength(1);
    expect(feed.rows()[0]?.about.known).toBe(true);
    feed.push([{ ...whole, data: {} }]);
    expect(feed.rows()[0]?.about.known).toBe(true);
  });
});

describe('the position', () => {
  test('is the newest of the first page, 0 for an empty log', () => {
    const feed = eventFeed(100);
    feed.start([]);
    expect(feed.position()).toBe(0);
    const other = eventFeed(100);
    other.start(events(7, 6, 5));
    expect(other.position()).toBe(7);
  });

  test('does not follow pushes that reading has not met: a connection lost while catching up leaves a hole behind them', () => {
    const feed = eventFeed(100);
    feed.start(events(5));
    feed.unsettled(0);
    feed.push(events(40));
    feed.read(events(6, 7), 7);
    feed.unsettled(0);
    expect(feed.position()).toBe(7);
  });

  test('follows pushes once reading has met them, less the overlap of several groups', () => {
    const feed = eventFeed(100);
    feed.start(events(5));
    feed.settled();
    feed.push(events(20, 30));
    feed.unsettled(0);
    expect(feed.position()).toBe(30);
    feed.settled();
    feed.push(events(55));
    feed.unsettled(10);
    expect(feed.position()).toBe(45);
  });

  test('never goes back', () => {
    const feed = eventFeed(100);
    feed.start(events(50));
    feed.settled();
    feed.push(events(51));
    feed.unsettled(40);
    expect(feed.position()).toBe(50);
    feed.read([], 10);
    feed.skipTo(12);
    expect(feed.position()).toBe(50);
  });
});
