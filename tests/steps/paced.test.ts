import { expect, it } from 'vitest';
import { paced } from '../../src/steps/paced.ts';
import { until } from '../support/until.ts';

it('acts at once, and once more for however many calls come soon after', async () => {
  const calls: string[] = [];
  const act = paced<string>(20, (key) => calls.push(key));
  act('a');
  expect(calls).toEqual(['a']);
  for (let at = 0; at < 100; at++) act('a');
  act('b');
  expect(calls).toEqual(['a', 'b']);
  await until(() => calls.length === 3);
  expect(calls).toEqual(['a', 'b', 'a']);
});

it('acts at once again when its time is over', async () => {
  const calls: number[] = [];
  const act = paced<string>(1, () => calls.push(performance.now()));
  act('a');
  await until(() => {
    act('a');
    return calls.length > 3;
  });
  for (const [at, time] of calls.slice(1).entries())
    expect(time - (calls[at] ?? 0)).toBeGreaterThanOrEqual(0.5);
});
