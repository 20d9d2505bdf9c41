import { expect, onTestFinished, test } from 'vitest';
import type { Work } from '../../src/ports/queue.ts';
import { startScheduler } from '../../workers/scheduler.ts';
import { adjustableClock } from '../support/adjustable-clock.ts';
import { recordingLog } from '../support/logs.ts';
import { until } from '../support/until.ts';

const nothing = () => Promise.resolve();

function scheduling(holdsLease = true) {
  const log = recordingLog();
  const woken: Work[] = [];
  const released: string[] = [];
  const back: (() => void)[] = [];
  let passes = 0;
  const deps = {
    store: {
      holdLease: () => {
        passes++;
        return Promise.resolve(holdsLease);
      },
      releaseLease: (name: string) => {
        released.push(name);
        return nothing();
      },
      dueLanes: () => Promise.resolve([]),
      dueDestinations: () => Promise.resolve([]),
      dueSubscriptions: () => Promise.resolve(['key']),
      prune: nothing,
      ensurePartitions: nothing,
    },
    queue: {
      wake: (work: Work) => {
        woken.push(work);
        return nothing();
      },
      onBack: (listener: () => void) => {
        back.push(listener);
      },
    },
    clock: adjustableClock(),
    log,
    owner: 'scheduler-a',
  };
  return { deps, log, woken, released, back, passes: () => passes };
}

test('a house that cannot be kept keeps nobody from what is due', async () => {
  const { deps, log, woken, released } = scheduling();
  deps.store.ensurePartitions = () => Promise.reject(new Error('no right to create a table'));
  const scheduler = startScheduler(deps);
  await until(() => log.lines.length > 0);
  await scheduler.stop();
  expect(woken).toEqual([{ queue: 'renew-subscription', id: 'key' }]);
  expect(log.lines).toMatchObject([
    { act: 'sweep.failed', fields: { reason: 'no right to create a table' } },
  ]);
  expect(released).toEqual(['scheduler']);
});

test('a pass comes at once when the queue is back, and only whoever holds the lease makes it', async () => {
  const other = scheduling(false);
  const mine = scheduling();
  const schedulers = [other, mine].map(({ deps }) => startScheduler(deps));
  onTestFinished(async () => void (await Promise.all(schedulers.map((each) => each.stop()))));
  await until(() => mine.woken.length === 1 && other.passes() === 1);
  for (const { back } of [other, mine]) for (const listener of back) listener();
  await until(() => mine.woken.length === 2 && other.passes() === 2, { timeoutMs: 900 });
  expect(other.woken).toEqual([]);
});
