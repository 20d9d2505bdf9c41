import { expect, test } from 'vitest';
import { PULSE_MS, startPulse } from '../../webapp/src/live/hub-pulse.ts';

function rig() {
  const asked: PromiseWithResolvers<boolean>[] = [];
  const told: boolean[] = [];
  let timer: { ms: number; act: () => void } | null = null;
  const pulse = startPulse({
    answers() {
      const question = Promise.withResolvers<boolean>();
      asked.push(question);
      return question.promise;
    },
    startTimer(ms, act) {
      const mine = { ms, act };
      timer = mine;
      return () => {
        if (timer === mine) timer = null;
      };
    },
    changed: (answers) => told.push(answers),
  });

  async function answer(answers: boolean): Promise<void> {
    asked.at(-1)?.resolve(answers);
    await new Promise((resolve) => setImmediate(resolve));
  }

  function fire(): void {
    const due = timer;
    timer = null;
    due?.act();
  }

  return { pulse, asked, told, answer, fire, timer: () => timer };
}

test('the hub is asked every so often, and only a change is told', async () => {
  const { told, answer, fire, timer } = rig();
  for (const answers of [true, false, false, true, true]) {
    expect(timer()?.ms).toBe(PULSE_MS);
    fire();
    await answer(answers);
  }
  expect(told).toEqual([false, true]);
});

test('it is asked at once when the network has changed, one question at a time', async () => {
  const { pulse, asked, told, answer, timer } = rig();
  pulse.ask();
  pulse.ask();
  expect(asked).toHaveLength(1);
  expect(timer()).toBeNull();
  await answer(false);
  expect(told).toEqual([false]);
  expect(timer()).not.toBeNull();
});

test('nothing is told and nothing asked after the end', async () => {
  const { pulse, asked, told, answer, timer } = rig();
  pulse.ask();
  pulse.stop();
  await answer(false);
  pulse.ask();
  expect(told).toEqual([]);
  expect(asked).toHaveLength(1);
  expect(timer()).toBeNull();
});
