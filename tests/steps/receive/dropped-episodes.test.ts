import { expect, it } from 'vitest';
import type { NewEvent } from '../../../src/core/event.ts';
import type { Append, AppendResult } from '../../../src/ports/event-log.ts';
import { DroppedEpisodes, EPISODE_MS } from '../../../src/steps/receive/dropped-episodes.ts';
import { adjustableClock } from '../../support/adjustable-clock.ts';
import { recordingLog } from '../../support/logs.ts';
import { mailWatch } from '../../support/small-workshop.ts';
import { until } from '../../support/until.ts';

const ANNA = mailWatch();
const BEN = mailWatch({ key: 'ben0000000000000', resource: 'users/ben/messages' });

function dropping() {
  const clock = adjustableClock();
  const log = recordingLog();
  const gaps: NewEvent[] = [];
  const heads: number[] = [];
  const store = {
    appendEvents: async ({ events }: Append): Promise<AppendResult> => {
      gaps.push(...events);
      return { status: 'appended', head: gaps.length, duplicates: [] };
    },
  };
  const deps = { store, clock, log, appended: (head: number) => heads.push(head) };
  const episodes = new DroppedEpisodes(deps, 5);
  return {
    clock,
    log,
    gaps,
    heads,
    store,
    episodes,
    /** One more of it is dropped now. */
    drop: (watch = ANNA): string => {
      const at = new Date(clock.now()).toISOString();
      episodes.dropped(watch, at, at);
      return at;
    },
  };
}

it('an episode is one gap, five minutes after it began, by itself', async () => {
  const { clock, gaps, heads, drop } = dropping();
  const from = drop();
  clock.advance(60_000);
  const to = drop();
  clock.advance(EPISODE_MS - 60_000);
  await until(() => gaps.length > 0);
  expect(gaps).toMatchObject([
    { type: 'heliograph.gap', subject: ANNA.resource, subscriptionKey: ANNA.key, time: to },
  ]);
  expect(JSON.parse(gaps[0]?.data ?? '')).toEqual({ cause: 'wrong_secret', from, to });
  expect(heads).toEqual([1]);
});

it('what goes on is the next episode, so a subscription has one gap in five minutes at most', async () => {
  const { clock, gaps, drop, episodes } = dropping();
  for (let second = 0; second < 1_200; second++) {
    drop();
    clock.advance(1_000);
    await episodes.record();
  }
  expect(gaps.map(({ data }) => Object.values(JSON.parse(data) as object).slice(1))).toEqual([
    ['2026-01-02T03:04:05.000Z', '2026-01-02T03:09:04.000Z'],
    ['2026-01-02T03:09:05.000Z', '2026-01-02T03:14:04.000Z'],
    ['2026-01-02T03:14:05.000Z', '2026-01-02T03:19:04.000Z'],
    ['2026-01-02T03:19:05.000Z', '2026-01-02T03:24:04.000Z'],
  ]);
  await episodes.close();
  expect(gaps).toHaveLength(4);
});

it('episodes of several subscriptions are recorded together, those that are not over when the hub stops', async () => {
  const { clock, gaps, heads, drop, episodes } = dropping();
  drop();
  clock.advance(1_000);
  drop(BEN);
  await episodes.record();
  expect(gaps).toEqual([]);
  await episodes.close();
  expect(gaps.map(({ subscriptionKey }) => subscriptionKey)).toEqual([ANNA.key, BEN.key]);
  expect(heads).toEqual([2]);
});

it('an episode that the database does not take is kept, goes on, and is recorded later', async () => {
  const { clock, log, gaps, store, drop, episodes } = dropping();
  const { appendEvents } = store;
  store.appendEvents = () => Promise.reject(new Error('no database'));
  const from = drop();
  clock.advance(EPISODE_MS);
  await episodes.record();
  expect(log.lines[0]).toEqual({
    level: 'warn',
    act: 'client_state.gap_not_recorded',
    fields: { subscriptions: 1, reason: 'no database' },
  });
  const to = drop();
  store.appendEvents = appendEvents;
  await until(() => gaps.length > 0);
  expect(JSON.parse(gaps[0]?.data ?? '')).toMatchObject({ from, to });
});
