import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'vitest';
import { seededRandom } from '../../src/local/graph-simulator/seeded-random.ts';
import { checkLog, NO_FLAWS } from '../support/check-log.ts';
import { hubProcess } from '../support/hub-process.ts';
import { loadInWords, startLoad } from '../support/notification-load.ts';
import { ownPostgres } from '../support/own-postgres.ts';
import { productionSettings, SECRET, watchMailboxes } from '../support/production-hub.ts';
import { describePostgres, describeRedis, redisUrl } from '../support/services.ts';
import { testSeed } from '../support/test-seed.ts';
import { until } from '../support/until.ts';

const CRASHES = 5;

const backends: [string, () => Promise<{ redisUrl?: string }>][] = [
  ['Redis', async () => ({ redisUrl: await redisUrl() })],
  ['Postgres itself', async () => ({})],
];

describePostgres('Postgres', () => {
  describeRedis('under load', () => {
    test.concurrent.for(backends)(
      'crashed and started again, with the queue on %s, loses nothing that was answered 202',
      { timeout: 90_000 },
      async ([name, queue], { expect, onTestFinished }) => {
        const seed = testSeed('postgres-crashed');
        const random = seededRandom(`crashes/${seed}`);
        const postgres = await ownPostgres();
        onTestFinished(() => postgres.dispose());
        const watches = await watchMailboxes(postgres.url);
        const hub = await hubProcess(productionSettings({ databaseUrl: postgres.url, ...(await queue()) }));
        onTestFinished(() => hub.dispose());
        await hub.start();
        const load = startLoad({ url: hub.url, secret: SECRET, watches, seed });

        for (let crash = 1; crash <= CRASHES; crash++) {
          await pause(random.between(100, 1_200));
          await postgres.crash();
          await pause(random.between(0, 600));
          await postgres.start();
          const backAt = Date.now();
          await until(() => load.answers.some(({ at, status }) => at >= backAt && status === 202), {
            what: 'a 202 after Postgres was back',
          });
        }
        await load.stop();

        const { flaws } = await checkLog(hub, load);
        expect(flaws).toEqual(NO_FLAWS);
        await hub.allDelivered();
        expect(load.answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
        expect(hub.isRunning()).toBe(true);
        expect((await hub.ask('GET', '/set-aside')).body).toMatchObject({ items: [] });
        process.stdout.write(`postgres-crashed, queue on ${name}: ${loadInWords(load)}\n`);
      },
    );
  });
});
