import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bullQueue, type QueueConnection } from '../../src/adapters/bullmq/bull-queue.ts';
import type { Queue } from '../../src/ports/queue.ts';
import { recordingLog } from '../support/logs.ts';
import type { OwnServer } from '../support/own-server.ts';
import { until } from '../support/until.ts';

/** What `ports/queue.ts` promises when the server goes and comes back. */
export function queueOutageContract(
  name: string,
  make: () => Promise<{ server: OwnServer; connection: QueueConnection }>,
): void {
  // oxlint-disable-next-line vitest/valid-title -- the caller's name for the backend
  describe(name, () => {
    let server: OwnServer;
    let connection: QueueConnection;
    let queue: Queue;
    let log = recordingLog();
    let ids = 0;
    const freshWork = () => ({ queue: 'process-inbox' as const, id: `id-${++ids}` });
    const open = () => {
      log = recordingLog();
      queue = bullQueue({ log }, connection);
    };
    const timesLogged = (act: string) => log.acts().filter((each) => each === act).length;

    beforeAll(async () => {
      ({ server, connection } = await make());
    });
    afterAll(() => server.dispose());
    beforeEach(open);
    afterEach(async () => {
      server.thaw();
      await server.start();
      await queue.close();
    });

    it('goes on after a crash: wakes fail fast meanwhile, workers need no restart, listeners hear of it', async () => {
      const runs: string[] = [];
      let backs = 0;
      queue.onBack(() => backs++);
      queue.work('process-inbox', 2, async (id) => {
        runs.push(id);
      });
      const before = freshWork();
      await queue.wake(before);
      await until(() => runs.includes(before.id));

      await server.crash();
      const first = freshWork();
      for (let wake = 0; wake < 20; wake++) {
        const asked = performance.now();
        await expect(queue.wake(first)).rejects.toMatchObject({ code: 'queue_unavailable' });
        expect(performance.now() - asked).toBeLessThan(1_500);
      }
      await expect(queue.ping()).rejects.toMatchObject({ code: 'queue_unavailable' });
      await expect(queue.counts()).rejects.toMatchObject({ code: 'queue_unavailable' });
      expect(backs).toBe(0);
      expect(timesLogged('queue.unreachable')).toBe(1);

      await server.start();
      await until(() => backs === 1);
      expect(timesLogged('queue.back')).toBe(1);
      const after = freshWork();
      await queue.wake(after);
      await until(() => runs.includes(after.id), { timeoutMs: 5_000 });
      expect(timesLogged('queue.unreachable')).toBe(1);
    });

    it('fails within a second and a half while the server hangs', async () => {
      await queue.ping();
      await server.freeze();
      const asked = performance.now();
      await expect(queue.wake(freshWork())).rejects.toMatchObject({ code: 'queue_unavailable' });
      expect(performance.now() - asked).toBeLessThan(1_500);
      const askedAgain = performance.now();
      await expect(queue.wake(freshWork())).rejects.toMatchObject({ code: 'queue_unavailable' });
      expect(performance.now() - askedAgain).toBeLessThan(100);
      server.thaw();
      await until(() => timesLogged('queue.back') === 1);
      await queue.wake(freshWork());
    });

    it('starts while the server is away, and works once it is there', async () => {
      await server.stop();
      await queue.close();
      open();
      const runs: string[] = [];
      queue.work('process-inbox', 1, async (id) => {
        runs.push(id);
      });
      const work = freshWork();
      await expect(queue.wake(work)).rejects.toMatchObject({ code: 'queue_unavailable' });
      await server.start();
      await until(() => queue.wake(work).then(() => true));
      expect(await until(() => runs.includes(work.id))).toBe(true);
    });

    it('finishes what was under way when the server went, and hears the next wake of it', async () => {
      const work = freshWork();
      const finish = new AbortController();
      let runs = 0;
      queue.work('process-inbox', 1, async (id) => {
        if (id !== work.id) return;
        runs++;
        if (runs === 1) await new Promise((resolve) => finish.signal.addEventListener('abort', resolve));
      });
      await queue.wake(work);
      await until(() => runs === 1);
      await server.crash();
      finish.abort();
      await server.start();
      await until(() => queue.wake(work).then(() => true));
      expect(await until(() => runs >= 2, { timeoutMs: 12_000 })).toBe(true);
    });

    it('stops and closes in bounded time while the server is away', async () => {
      const worker = queue.work('process-inbox', 1, async () => {});
      await queue.ping();
      await server.stop();
      const asked = performance.now();
      await worker.stop();
      await queue.close();
      expect(performance.now() - asked).toBeLessThan(8_000);
    });
  });
}
