import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bullQueue, type QueueConnection } from '../../src/adapters/bullmq/bull-queue.ts';
import type { Queue, QueueWorker } from '../../src/ports/queue.ts';
import { silentLog } from '../support/logs.ts';
import { until } from '../support/until.ts';

/** What the suite needs of a backend. */
export interface QueueBackend {
  connection: QueueConnection;
  dispose(): Promise<void>;
}

const QUEUE = 'process-inbox';

/** What `ports/queue.ts` promises, for any backend. A run that must not happen is disproved by a later one that does. */
export function queueContract(name: string, make: () => Promise<QueueBackend>): void {
  // oxlint-disable-next-line vitest/valid-title -- the caller's name for the backend
  describe(name, () => {
    let backend: QueueBackend;
    let queue: Queue;
    let ids = 0;
    const freshId = () => `id-${++ids}`;

    beforeAll(async () => {
      backend = await make();
    });
    afterAll(() => backend.dispose());
    beforeEach(() => {
      queue = bullQueue({ log: silentLog }, backend.connection);
    });
    afterEach(() => queue.close());

    /** A worker whose runs wait until they are let go, unless `open`. */
    function watchedWorker({ concurrency = 4, open = true, on = queue } = {}) {
      const runs: string[] = [];
      const held: (() => void)[] = [];
      let isOpen = open;
      const worker: QueueWorker = on.work(QUEUE, concurrency, async (id) => {
        runs.push(id);
        if (!isOpen) await new Promise<void>((resolve) => held.push(resolve));
      });
      const letGo = () => {
        isOpen = true;
        for (const release of held.splice(0)) release();
      };
      return { worker, letGo, runsOf: (id: string) => runs.filter((each) => each === id).length };
    }

    it('runs a wake', async () => {
      const id = freshId();
      const { runsOf } = watchedWorker();
      await queue.wake({ queue: QUEUE, id });
      expect(await until(() => runsOf(id) === 1)).toBe(true);
    });

    it('makes many wakes that wait one run', async () => {
      const [id, last] = [freshId(), freshId()];
      await Promise.all(Array.from({ length: 50 }, () => queue.wake({ queue: QUEUE, id })));
      for (let wake = 0; wake < 5; wake++) await queue.wake({ queue: QUEUE, id });
      await queue.wake({ queue: QUEUE, id: last });
      const { runsOf } = watchedWorker({ concurrency: 1 });
      await until(() => runsOf(last) === 1);
      expect(runsOf(id)).toBe(1);
    });

    it('makes any number of wakes during a run one more run afterwards', async () => {
      const [id, last] = [freshId(), freshId()];
      const { runsOf, letGo } = watchedWorker({ open: false });
      await queue.wake({ queue: QUEUE, id });
      await until(() => runsOf(id) === 1);
      for (let wake = 0; wake < 5; wake++) await queue.wake({ queue: QUEUE, id });
      await Promise.all(Array.from({ length: 20 }, () => queue.wake({ queue: QUEUE, id })));
      expect(runsOf(id)).toBe(1);
      letGo();
      await until(() => runsOf(id) === 2);
      await queue.wake({ queue: QUEUE, id: last });
      await until(() => runsOf(last) === 1);
      expect(runsOf(id)).toBe(2);
    });

    it('runs as many ids side by side as it was told to', async () => {
      const all = [freshId(), freshId(), freshId()];
      const { runsOf, letGo } = watchedWorker({ concurrency: 2, open: false });
      for (const id of all) await queue.wake({ queue: QUEUE, id });
      const started = () => all.filter((id) => runsOf(id) === 1).length;
      await until(() => started() === 2);
      letGo();
      expect(await until(() => started() === 3)).toBe(true);
    });

    it('keeps queues apart', async () => {
      const id = freshId();
      const { runsOf } = watchedWorker();
      const elsewhere: string[] = [];
      queue.work('deliver-events', 1, async (each) => {
        elsewhere.push(each);
      });
      await queue.wake({ queue: 'deliver-events', id });
      await until(() => elsewhere.includes(id));
      expect(runsOf(id)).toBe(0);
    });

    it('runs a delayed wake when it is due, not sooner', async () => {
      const id = freshId();
      const { runsOf } = watchedWorker();
      const before = Date.now();
      await queue.wake({ queue: QUEUE, id }, { delayMs: 400 });
      await until(() => runsOf(id) === 1);
      expect(Date.now() - before).toBeGreaterThanOrEqual(400);
    });

    it('lets a delayed wake neither delay nor swallow a live one, nor one that is due sooner', async () => {
      const id = freshId();
      const { runsOf } = watchedWorker();
      await queue.wake({ queue: QUEUE, id }, { delayMs: 60_000 });
      const before = Date.now();
      await queue.wake({ queue: QUEUE, id });
      await until(() => runsOf(id) === 1);
      await queue.wake({ queue: QUEUE, id }, { delayMs: 200 });
      await until(() => runsOf(id) === 2);
      expect(Date.now() - before).toBeLessThan(5_000);
    });

    it('makes a crowd of delayed wakes few jobs', async () => {
      const id = freshId();
      const before = (await queue.counts())[QUEUE];
      for (let wake = 0; wake < 20; wake++) await queue.wake({ queue: QUEUE, id }, { delayMs: 600_000 });
      expect((await queue.counts())[QUEUE] - before).toBeLessThanOrEqual(2);
    });

    it('tries a handler that throws a few times again, leaves it, and hears the next wake', async () => {
      const id = freshId();
      let runs = 0;
      let fails = true;
      queue.work(QUEUE, 1, async (each) => {
        if (each !== id) return;
        runs++;
        if (fails) throw new Error('a fault of ours');
      });
      await queue.wake({ queue: QUEUE, id });
      await until(() => runs === 3);
      fails = false;
      // The last failure may not have been put down yet: the wake is then kept for afterwards, as during any run.
      await queue.wake({ queue: QUEUE, id });
      expect(await until(() => runs === 4)).toBe(true);
    });

    it('stops: tells the handlers, waits for them, and takes no more', async () => {
      const [id, after] = [freshId(), freshId()];
      const finish = new AbortController();
      let told = false;
      let started = false;
      const seen: string[] = [];
      const worker = queue.work(QUEUE, 2, async (each, signal) => {
        seen.push(each);
        if (each !== id) return;
        signal.addEventListener('abort', () => (told = true));
        started = true;
        await once(finish.signal, 'abort');
      });
      await queue.wake({ queue: QUEUE, id });
      await until(() => started);
      let stopped = false;
      const stopping = worker.stop().then(() => (stopped = true));
      await until(() => told);
      await queue.wake({ queue: QUEUE, id: after });
      expect(stopped).toBe(false);
      finish.abort();
      await stopping;
      const { runsOf } = watchedWorker();
      await until(() => runsOf(after) === 1);
      expect(runsOf(id)).toBe(0);
      expect(seen).toEqual([id]);
    });

    it('counts what is unfinished, and answers a ping', async () => {
      const id = freshId();
      const before = (await queue.counts())['renew-subscription'];
      await queue.wake({ queue: 'renew-subscription', id });
      await queue.wake({ queue: 'renew-subscription', id }, { delayMs: 60_000 });
      expect((await queue.counts())['renew-subscription']).toBe(before + 2);
      await queue.ping();
    });

    it('hands what a killed worker had to another within eight seconds, and hears the wakes of meanwhile', async () => {
      const id = freshId();
      const child = fork(
        new URL('../support/hanging-worker.ts', import.meta.url),
        [JSON.stringify(backend.connection), 'deliver-events'],
        { execArgv: [] },
      );
      await queue.wake({ queue: 'deliver-events', id });
      expect(await once(child, 'message')).toEqual([id, undefined]);
      const killed = performance.now();
      child.kill('SIGKILL');
      await once(child, 'exit');
      let runs = 0;
      queue.work('deliver-events', 1, async (each) => {
        if (each === id) runs++;
      });
      await queue.wake({ queue: 'deliver-events', id });
      await until(() => runs > 0, { timeoutMs: 15_000 });
      expect(performance.now() - killed).toBeLessThan(8_500);
      await until(() => runs === 2);
      await queue.wake({ queue: 'deliver-events', id });
      await until(() => runs === 3);
    });
  });
}
