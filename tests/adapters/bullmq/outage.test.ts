import { expect, it } from 'vitest';
import { watchOutages } from '../../../src/adapters/bullmq/outage.ts';
import { recordingLog } from '../../support/logs.ts';
import { until } from '../../support/until.ts';

function watched({ reachable = true } = {}) {
  const state = { reachable, asked: 0 };
  const log = recordingLog();
  const outage = watchOutages({
    log,
    ask: async () => {
      state.asked++;
      if (!state.reachable) throw new Error('no answer');
    },
  });
  let backs = 0;
  outage.onBack(() => backs++);
  return { state, log, outage, backs: () => backs };
}

it('logs an outage once, however many report it, and its end once', async () => {
  const { state, log, outage, backs } = watched({ reachable: false });
  for (let report = 0; report < 5; report++) outage.begin(new Error('refused'));
  outage.suspect(new Error('refused'));
  expect(outage.cause()).toMatchObject({ message: 'refused' });
  state.reachable = true;
  await until(() => backs() === 1);
  expect(outage.cause()).toBe(null);
  expect(log.acts()).toEqual(['queue.unreachable', 'queue.back']);
  outage.stop();
});

it('makes of a suspicion an outage only when there is no answer', async () => {
  const { state, log, outage } = watched();
  outage.suspect(new Error('a script failed'));
  await until(() => log.acts().includes('queue.fault'));
  expect(outage.cause()).toBe(null);
  state.reachable = false;
  outage.suspect(new Error('refused'));
  await until(() => outage.cause() !== null);
  outage.stop();
});

it('writes a fault that repeats once, whatever its numbers', async () => {
  const { state, log, outage } = watched();
  for (let job = 0; job < 5; job++) outage.suspect(new Error(`Missing lock for job ${job}`));
  await until(() => state.asked === 5);
  outage.suspect(new Error('another one'));
  await until(() => log.lines.length === 2);
  expect(log.acts()).toEqual(['queue.fault', 'queue.fault']);
  outage.stop();
});

it('asks at once when the connection says it is there', async () => {
  const { state, outage, backs } = watched({ reachable: false });
  outage.begin(new Error('refused'));
  await until(() => state.asked === 1);
  state.reachable = true;
  const before = performance.now();
  await until(() => {
    outage.check();
    return backs() === 1;
  });
  expect(performance.now() - before).toBeLessThan(400);
  outage.stop();
});
