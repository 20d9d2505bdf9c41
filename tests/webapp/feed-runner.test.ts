import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulatedHub, type SimulatedHub } from './simulated-hub.ts';

/** Answers at once, in the order asked. */
const inOrder = { schedule: <T>(task: Promise<T>): Promise<T> => task };

const NEVER = new Promise<never>(() => {});

async function settled(hub: SimulatedHub): Promise<void> {
  // Every answer is a chain of promises; a turn of the event loop is longer than any of them.
  await new Promise((resolve) => setImmediate(resolve));
  expect(hub.changes.length).toBeGreaterThan(0);
}

function sequences(hub: SimulatedHub): number[] {
  return hub.feed.rows().map((row) => row.sequence);
}

function state(hub: SimulatedHub): string | undefined {
  return hub.changes.at(-1)?.state;
}

type Action =
  | { do: 'append'; events: number }
  | { do: 'repeat'; sequence: number }
  | { do: 'open' | 'drop' | 'timer' | 'step' | 'fail' | 'mend' };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('append' as const), events: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('repeat' as const), sequence: fc.integer({ min: 1, max: 60 }) }),
  },
  { weight: 8, arbitrary: fc.constant({ do: 'step' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('open' as const, 'drop' as const, 'timer' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('fail' as const, 'mend' as const) }) },
);

/** Lets everything under way arrive, in the scheduler's order, and connects once more at the end. */
async function play(scheduler: fc.Scheduler, hub: SimulatedHub, actions: readonly Action[]): Promise<void> {
  for (const each of actions) {
    if (each.do === 'append') hub.append(each.events);
    else if (each.do === 'repeat') hub.repeat(each.sequence);
    else if (each.do === 'open') hub.open();
    else if (each.do === 'drop') hub.drop();
    else if (each.do === 'timer') hub.fireTimer();
    else if (each.do === 'step' && scheduler.count() > 0) await scheduler.waitOne();
    else if (each.do === 'fail' || each.do === 'mend') hub.failing = each.do === 'fail';
  }
  hub.failing = false;
  hub.open();
  await scheduler.waitIdle();
  // A read asked before the mending may have been answered after the opening: its next try waits for a timer.
  if (state(hub) !== 'live') hub.fireTimer();
  await scheduler.waitIdle();
}

describe('whatever is pushed, read, lost and sent twice, in whatever order', () => {
  for (const groups of [1, 3])
    test(`each event since the first page is shown exactly once, in order, with ${groups} groups`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.nat(8),
          fc.array(action, { maxLength: 60 }),
          async (scheduler, before, actions) => {
            const hub = simulatedHub(scheduler, { groups, before });
            await play(scheduler, hub, actions);
            expect(state(hub)).toBe('live');
            const oldest = Math.max(1, hub.headAtStart - 2);
            const kept = hub.log.map((_, index) => index + 1).filter((sequence) => sequence >= oldest);
            expect(sequences(hub)).toEqual(kept.reverse());
          },
        ),
        { numRuns: 400 },
      );
    });

  test('a list that keeps few holds the newest ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(action, { maxLength: 60 }), async (scheduler, actions) => {
        const hub = simulatedHub(scheduler, { keep: 5 });
        await play(scheduler, hub, actions);
        const all = hub.log.map((_, index) => index + 1).reverse();
        const shown = sequences(hub);
        expect(sequences(hub)).toEqual(all.slice(0, shown.length));
        expect(shown.length).toBeGreaterThanOrEqual(Math.min(3, all.length));
      }),
      { numRuns: 200 },
    );
  });
});

describe('reading', () => {
  test('a laptop that slept for an hour shows every event once', async () => {
    const hub = simulatedHub(inOrder, { before: 10, pages: { first: 200, next: 1000 } });
    hub.open();
    await settled(hub);
    hub.failing = true;
    hub.drop();
    await settled(hub);
    expect(state(hub)).toBe('offline');
    hub.append(4_321);
    hub.failing = false;
    hub.open();
    hub.append(3);
    await settled(hub);
    expect(state(hub)).toBe('live');
    expect(sequences(hub)).toEqual(hub.log.map((_, index) => index + 1).reverse());
    expect(hub.reads.filter((read) => read.startsWith('after 1'))).toContain('after 10');
  });

  test('nothing is read while the connection stays, whatever numbers the pushed events skip', async () => {
    const hub = simulatedHub(inOrder);
    hub.open();
    await settled(hub);
    const before = hub.reads.length;
    hub.append(1);
    hub.deaf = true;
    hub.append(3);
    hub.deaf = false;
    hub.append(1);
    await settled(hub);
    expect(hub.reads.length).toBe(before);
    expect(sequences(hub)).toEqual([5, 1]);
  });

  test('an event of one group is not passed over because another group was quicker when the connection broke', async () => {
    const held = { schedule: <T>(task: Promise<T>, label?: string) => (label === 'push 1' ? NEVER : task) };
    const hub = simulatedHub(held, { groups: 2 });
    hub.open();
    await settled(hub);
    hub.append(2);
    await settled(hub);
    expect(sequences(hub)).toEqual([2]);
    hub.drop();
    hub.open();
    await settled(hub);
    expect(sequences(hub)).toEqual([2, 1]);
  });

  test('what is no longer kept is said, and reading goes on from what is', async () => {
    const hub = simulatedHub(inOrder);
    hub.append(2);
    hub.open();
    await settled(hub);
    hub.drop();
    hub.failing = true;
    await settled(hub);
    hub.append(10);
    hub.forgottenTo = 8;
    hub.failing = false;
    hub.open();
    await settled(hub);
    expect(hub.changes.map((change) => change.goneBefore).filter(Boolean)).toEqual([9]);
    expect(sequences(hub)).toEqual([12, 11, 10, 9, 2, 1]);
  });

  test('without a connection the API is asked again and again, and that is said', async () => {
    const hub = simulatedHub(inOrder);
    await settled(hub);
    // The first connection may yet come.
    expect(state(hub)).toBe('connecting');
    hub.append(2);
    hub.fireTimer();
    await settled(hub);
    expect(state(hub)).toBe('polling');
    expect(sequences(hub)).toEqual([2, 1]);
    hub.failing = true;
    hub.fireTimer();
    await settled(hub);
    expect(state(hub)).toBe('offline');
    hub.failing = false;
    hub.fireTimer();
    await settled(hub);
    expect(state(hub)).toBe('polling');
  });

  test('a hub whose log grows while its socket is silent is found out and read', async () => {
    const hub = simulatedHub(inOrder);
    hub.open();
    await settled(hub);
    hub.deaf = true;
    hub.append(4);
    hub.fireTimer();
    await settled(hub);
    expect(sequences(hub)).toEqual([]);
    hub.fireTimer();
    await settled(hub);
    expect(sequences(hub)).toEqual([4, 3, 2, 1]);
  });

  test('the end of the session ends it all', async () => {
    const hub = simulatedHub(inOrder);
    hub.open();
    await settled(hub);
    hub.signedOut = true;
    hub.open();
    await settled(hub);
    expect(state(hub)).toBe('signed-out');
    const { length } = hub.reads;
    hub.fireTimer();
    hub.open();
    await settled(hub);
    expect(hub.reads.length).toBe(length);
  });
});

describe('what is said of the connection', () => {
  test('is that it is being restored while it is silent, and nothing is read for it', async () => {
    const hub = simulatedHub(inOrder);
    hub.open();
    await settled(hub);
    const { length } = hub.reads;
    hub.silence();
    expect(state(hub)).toBe('reconnecting');
    hub.speak();
    await settled(hub);
    expect(state(hub)).toBe('live');
    expect(hub.reads.length).toBe(length);
    hub.silence();
    hub.drop();
    await settled(hub);
    expect(state(hub)).toBe('polling');
    hub.open();
    await settled(hub);
    expect(state(hub)).toBe('live');
  });

  test('is never that it is live while the hub does not answer, whatever the socket says', async () => {
    const hub = simulatedHub(inOrder);
    hub.open();
    await settled(hub);
    hub.answers(false);
    expect(state(hub)).toBe('offline');
    hub.append(1);
    await settled(hub);
    expect(state(hub)).toBe('offline');
    expect(sequences(hub)).toEqual([1]);
    hub.answers(true);
    expect(state(hub)).toBe('live');
  });

  test('changes, and what was missed is read, as soon as the hub answers again', async () => {
    const hub = simulatedHub(inOrder);
    hub.open();
    await settled(hub);
    hub.answers(false);
    hub.failing = true;
    hub.drop();
    await settled(hub);
    hub.append(2);
    hub.failing = false;
    hub.answers(true);
    await settled(hub);
    expect(state(hub)).toBe('polling');
    expect(sequences(hub)).toEqual([2, 1]);
  });
});
