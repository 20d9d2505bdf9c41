import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { PEOPLE } from '../../src/local/graph-simulator/people.ts';
import { seededRandom } from '../../src/local/graph-simulator/seeded-random.ts';
import { checkLog, NO_FLAWS } from '../support/check-log.ts';
import { hubProcess, type HubProcess } from '../support/hub-process.ts';
import { loadInWords, startLoad, type LoadWatch } from '../support/notification-load.ts';
import { ownGraph } from '../support/own-graph.ts';
import { productionSettings, SECRET } from '../support/production-hub.ts';
import { describePostgres, describeRedis, freshDatabase, redisUrl } from '../support/services.ts';
import { testSeed } from '../support/test-seed.ts';

const KILLS = 6;
const MESSAGES = 150;

describePostgres('a hub that fetches what changed', () => {
  describeRedis('with Redis', () => {
    test('killed again and again under load has everything it answered 202 in the log once, with its resource', async () => {
      const seed = testSeed('hub-killed-fetching');
      const random = seededRandom(`kills/${seed}`);
      const database = await freshDatabase();
      onTestFinished(() => database.drop());
      const graph = await ownGraph();
      onTestFinished(() => graph.dispose());
      const mailboxes = new Map(
        PEOPLE.slice(0, 3).map(({ id: user }) => {
          const made = graph.simulator.makeChanges(MESSAGES, { kind: 'mail', user }) ?? [];
          return [user, made.map(({ immutableId }) => immutableId)];
        }),
      );
      const { PUBLIC_URL: _, ...production } = productionSettings({
        databaseUrl: database.url,
        redisUrl: await redisUrl(),
      });
      const hub = await hubProcess({ ...production, ...graph.settings, HELIOGRAPH_MODE: 'local' });
      onTestFinished(() => hub.dispose());
      await hub.start();
      const watches: LoadWatch[] = [];
      for (const user of mailboxes.keys()) watches.push(await watchMailbox(hub, user));

      const load = startLoad({
        url: hub.url,
        secret: SECRET,
        watches,
        seed,
        pauseMs: 150,
        messages: ({ user }) => mailboxes.get(user) ?? [],
      });
      for (let kill = 1; kill <= KILLS; kill++) {
        await pause(random.between(0, 1_500));
        await hub.end('SIGKILL');
        await hub.start();
      }
      await load.stop();

      const { events, flaws } = await checkLog(hub, load);
      expect(flaws).toEqual(NO_FLAWS);
      expect(load.accepted.size).toBeGreaterThan(500);
      const bare = events.filter(({ data }) => data.resource === undefined);
      expect(bare.map(({ subject, data }) => ({ subject, reason: data.reason }))).toEqual([]);
      await hub.allDelivered();
      process.stdout.write(`hub-killed-fetching: ${loadInWords(load)}\n`);
    }, 90_000);
  });
});

async function watchMailbox(hub: HubProcess, user: string): Promise<LoadWatch> {
  const answer = await hub.ask('POST', '/subscriptions', { resource: `users/${user}/messages` });
  expect(answer).toMatchObject({ status: 201, body: { status: 'active' } });
  const { key, graphId, tenant } = answer.body as LoadWatch;
  return { key, graphId, tenant, user };
}
