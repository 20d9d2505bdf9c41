import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../src/local/graph-simulator/seeded-random.ts';
import { checkLog, NO_FLAWS } from '../support/check-log.ts';
import { hubProcess, type HubProcess } from '../support/hub-process.ts';
import { loadInWords, startLoad } from '../support/notification-load.ts';
import { productionSettings, SECRET, TENANT, watchMailboxes } from '../support/production-hub.ts';
import { describePostgres, describeRedis, freshDatabase, redisUrl } from '../support/services.ts';
import { smallWebPubSub } from '../support/small-web-pubsub.ts';
import { testSeed } from '../support/test-seed.ts';

const KILLS = 20;

describePostgres('a hub that is killed again and again under load', () => {
  describeRedis('with Redis', () => {
    test('has every notification it answered 202 in the log exactly once, and delivers all of it', async () => {
      const seed = testSeed('hub-killed');
      const database = await freshDatabase();
      onTestFinished(() => database.drop());
      const webPubSub = await smallWebPubSub();
      onTestFinished(() => webPubSub.close());
      const watches = await watchMailboxes(database.url);
      const hub = await hubProcess(
        productionSettings({
          databaseUrl: database.url,
          redisUrl: await redisUrl(),
          webPubSub: webPubSub.connectionString,
        }),
      );
      onTestFinished(() => hub.dispose());
      await hub.start();
      expect(await hub.end('SIGTERM')).toBe(0);
      await hub.start();
      expect(await hub.ask('POST', '/realtime/negotiate', {})).toMatchObject({ status: 200 });

      const load = startLoad({ url: hub.url, secret: SECRET, watches, seed });
      await killAgainAndAgain(hub, seed);
      await load.stop();

      const { events, flaws } = await checkLog(hub, load);
      expect(flaws).toEqual(NO_FLAWS);
      expect(load.accepted.size).toBeGreaterThan(1_000);
      await hub.allDelivered();
      const [group, sent = []] = [...webPubSub.sent][0] ?? [];
      expect(group).toBe(`tenant.${TENANT}`);
      expect([...new Set(sent)]).toEqual(events.map(({ sequence }) => Number(sequence)));
      expect((await hub.ask('GET', '/set-aside')).body).toMatchObject({ items: [] });
      process.stdout.write(`hub-killed: ${loadInWords(load)}\n`);
    }, 90_000);
  });
});

/** Mostly some time after it was ready, now and then while it starts. It runs when this returns. */
async function killAgainAndAgain(hub: HubProcess, seed: number): Promise<void> {
  const random = seededRandom(`kills/${seed}`);
  for (let kill = 1; kill <= KILLS; kill++) {
    await pause(random.between(0, 700));
    await hub.end('SIGKILL');
    if (random.chance(0.2)) await hub.spawn();
    else await hub.start();
  }
  await hub.end('SIGKILL');
  await hub.start();
}
