import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { formatMasterKey } from '../../src/core/secrets.ts';
import { clientStateSecret } from '../../src/core/client-state.ts';
import { seededRandom } from '../../src/local/graph-simulator/seeded-random.ts';
import { checkLog, NO_FLAWS } from '../support/check-log.ts';
import { hubProcess, type HubProcess } from '../support/hub-process.ts';
import { loadInWords, startLoad, type LoadWatch } from '../support/notification-load.ts';
import { testSeed } from '../support/test-seed.ts';

const KILLS = 5;
const MASTER_KEY = Buffer.alloc(32, 9);

test('an embedded hub that is killed under load loses nothing that it answered 202', async () => {
  const seed = testSeed('embedded-killed');
  const random = seededRandom(`kills/${seed}`);
  const hub = await hubProcess({
    SECRETS_KEY: formatMasterKey(MASTER_KEY),
    SIMULATOR_CHANGES_PER_SECOND: '0',
  });
  onTestFinished(() => hub.dispose());
  await hub.start();
  const load = startLoad({
    url: hub.url,
    secret: clientStateSecret(MASTER_KEY),
    watches: await mailboxesOf(hub),
    seed,
    posters: 4,
  });
  for (let kill = 1; kill <= KILLS; kill++) {
    await pause(random.between(0, 1_500));
    await hub.end('SIGKILL');
    await hub.start();
  }
  await load.stop();

  const { flaws } = await checkLog(hub, load);
  expect(flaws).toEqual(NO_FLAWS);
  await hub.allDelivered();
  expect((await hub.ask('GET', '/set-aside')).body).toMatchObject({ items: [] });
  process.stdout.write(`embedded-killed: ${loadInWords(load)}\n`);
}, 90_000);

/** The mailboxes among the first subscriptions, from now on without fetching: what is told of them is made up. */
async function mailboxesOf(hub: HubProcess): Promise<LoadWatch[]> {
  const watched = await hub.subscriptions();
  const mailboxes = watched.flatMap(({ key, graphId, tenant, resource }) => {
    const user = /^users\/([^/]+)\/messages$/.exec(resource)?.[1];
    return user === undefined || graphId === null ? [] : [{ key, graphId, tenant, user }];
  });
  for (const { key } of mailboxes)
    expect((await hub.ask('PATCH', `/subscriptions/${key}`, { fetch: 'none' })).status).toBe(200);
  return mailboxes;
}
