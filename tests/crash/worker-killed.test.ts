import { test, type TestContext } from 'vitest';
import { hubProcess, type HubProcess, type HubSettings } from '../support/hub-process.ts';
import { notificationOf, postNotifications } from '../support/notification-load.ts';
import { productionSettings, SECRET, TENANT, watchMailboxes } from '../support/production-hub.ts';
import { describePostgres, describeRedis, freshDatabase, redisUrl } from '../support/services.ts';
import { smallWebPubSub } from '../support/small-web-pubsub.ts';
import { until } from '../support/until.ts';

/** What the hub promises. */
const TAKEN_OVER_WITHIN_MS = 15_000;

const backends: [string, () => Promise<{ redisUrl?: string }>][] = [
  ['Redis', async () => ({ redisUrl: await redisUrl() })],
  ['Postgres alone', async () => ({})],
];

describePostgres('two workers', () => {
  describeRedis('of one hub', () => {
    // Side by side: they wait for leases to end.
    test.concurrent.for(backends)(
      'with the queue on %s: one that is killed in mid delivery is taken over by the other in time',
      { timeout: 60_000 },
      async ([backend, queue], { expect, onTestFinished }) => {
        const started = startedFor(onTestFinished);
        const database = await freshDatabase();
        onTestFinished(() => database.drop());
        const webPubSub = await smallWebPubSub();
        onTestFinished(() => webPubSub.close());
        const [watch] = await watchMailboxes(database.url, 1);
        if (watch === undefined) throw new Error('nothing is watched');
        const settings = productionSettings({
          databaseUrl: database.url,
          webPubSub: webPubSub.connectionString,
          ...(await queue()),
        });
        const hub = await started({ ...settings, ROLES: 'receiver,scheduler,api' });
        const first = await started({ ...settings, ROLES: 'workers' });
        expect((await hub.ask('POST', '/realtime/negotiate', {})).status).toBe(200);
        const sent = (): number[] => webPubSub.sent.get(`tenant.${TENANT}`) ?? [];
        const post = (id: string): Promise<number> =>
          postNotifications(hub.url, [notificationOf(SECRET, watch, id, `W/"${id}"`)]);

        expect(await post('sent-by-the-first')).toBe(202);
        await until(() => sent().includes(1));
        const goOn = webPubSub.hang();
        expect(await post('hangs')).toBe(202);
        await until(() => webPubSub.hanging() > 0);
        await started({ ...settings, ROLES: 'workers' });
        const killedAt = performance.now();
        await first.end('SIGKILL');
        goOn();
        await until(() => sent().includes(2), {
          timeoutMs: TAKEN_OVER_WITHIN_MS,
          what: 'the delivery by the other worker',
        });
        const tookMs = Math.round(performance.now() - killedAt);
        await hub.allDelivered();
        expect(sent()).toEqual([1, 2]);
        process.stdout.write(`worker-killed, queue on ${backend}: taken over after ${tookMs} ms\n`);
      },
    );
  });
});

function startedFor(finished: TestContext['onTestFinished']): (settings: HubSettings) => Promise<HubProcess> {
  return async (settings) => {
    const hub = await hubProcess(settings);
    finished(() => hub.dispose());
    await hub.start();
    return hub;
  };
}
