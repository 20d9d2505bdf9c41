import { expect, it } from 'vitest';
import { oneAtATime } from '../../../src/adapters/bullmq/one-at-a-time.ts';

/** Acts that end when they are told to. */
function heldActs() {
  const started: string[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const act = oneAtATime((key) => {
    started.push(key);
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  });
  return { act, started, ends };
}

it('shares one further run among all who call during a run', async () => {
  const { act, started, ends } = heldActs();
  const first = act('a');
  const crowd = [act('a'), act('a'), act('a')];
  expect(started).toEqual(['a']);
  ends[0]?.resolve();
  await first;
  expect(started).toEqual(['a', 'a']);
  ends[1]?.resolve();
  await Promise.all(crowd);
  expect(started).toEqual(['a', 'a']);
});

it('starts anew for who calls during the further run', async () => {
  const { act, started, ends } = heldActs();
  const calls = [act('a'), act('a')];
  ends[0]?.resolve();
  await calls[0];
  calls.push(act('a'));
  ends[1]?.resolve();
  await calls[1];
  expect(started).toEqual(['a', 'a', 'a']);
  ends[2]?.resolve();
  await Promise.all(calls);
});

it('tells each caller of its own run’s failure, and goes on', async () => {
  const { act, ends } = heldActs();
  const [first, second] = [act('a'), act('a')];
  ends[0]?.reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  ends[1]?.resolve();
  await expect(second).resolves.toBe(undefined);
});

it('lets keys run side by side', () => {
  const { act, started } = heldActs();
  void act('a');
  void act('b');
  expect(started).toEqual(['a', 'b']);
});
