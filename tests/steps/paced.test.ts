import { setTimeout as pause } from 'node:timers/promises';
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
  const calls: string[] = [];
  const act = paced<string>(5, (key) => calls.push(key));
  act('a');
  // A timer as long as its own and set after it ends after it, and before anything else can be called.
  const timeIsOver = pause(5);
  expect(calls).toEqual(['a']);
  await timeIsOver;
  act('a');
  expect(calls).toEqual(['a', 'a']);
});
