import { expect, onTestFinished, test } from 'vitest';
import { checkLog, NO_FLAWS } from '../support/check-log.ts';
import { hubProcess } from '../support/hub-process.ts';
import { loadInWords, startLoad, type Load } from '../support/notification-load.ts';
import { ownRedis } from '../support/own-redis.ts';
import { productionSettings, SECRET, watchMailboxes } from '../support/production-hub.ts';
import { describeRedis, describePostgres, freshDatabase } from '../support/services.ts';
import { testSeed } from '../support/test-seed.ts';
import { until } from '../support/until.ts';

/** Posts answered while Redis is away: some seconds of the load. */
const POSTS_WITHOUT_REDIS = 300;
/** A killed or emptied queue's jobs are taken over after 6 s, a lease of the inbox after 12 s. */
const SOON_MS = 15_000;

describePostgres('Redis', () => {
  describeRedis('under load', () => {
    test('emptied, stopped and started again changes no 202, and the log is whole soon after', async () => {
      const seed = testSeed('redis-gone');
      const database = await freshDatabase();
      onTestFinished(() => database.drop());
      const redis = await ownRedis();
      onTestFinished(() => redis.dispose());
      const watches = await watchMailboxes(database.url);
      const hub = await hubProcess(productionSettings({ databaseUrl: database.url, redisUrl: redis.url }));
      onTestFinished(() => hub.dispose());
      await hub.start();
      const load = startLoad({ url: hub.url, secret: SECRET, watches, seed });

      await until(() => load.accepted.size > 200);
      await redis.flush();
      await morePosts(load, 100);
      await redis.flush();
      await redis.stop();
      await morePosts(load, POSTS_WITHOUT_REDIS);
      expect(await hub.readiness()).toMatchObject({
        status: 200,
        body: { status: 'ready', dependencies: { postgres: { ok: true }, queue: { ok: false } } },
      });
      await redis.start();
      await redis.flush();
      await morePosts(load, 100);
      await load.stop();

      const stoppedAt = performance.now();
      const { flaws } = await checkLog(hub, load, { timeoutMs: SOON_MS });
      const wholeAfterMs = performance.now() - stoppedAt;
      expect(flaws).toEqual(NO_FLAWS);
      await hub.allDelivered();
      expect(new Set(load.answers.map(({ status }) => status))).toEqual(new Set([202]));
      expect(Math.max(...load.answers.map(({ tookMs }) => tookMs))).toBeLessThan(2_500);
      process.stdout.write(
        `redis-gone: ${loadInWords(load)}; the log was whole ${Math.round(wholeAfterMs)} ms after the last post\n`,
      );
    }, 60_000);
  });
});

/** Waits for so many further answers. */
async function morePosts(load: Load, count: number): Promise<void> {
  const from = load.answers.length;
  await until(() => load.answers.length >= from + count, {
    timeoutMs: 20_000,
    what: `${count} more answers`,
  });
}
