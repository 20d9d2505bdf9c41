import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatMasterKey } from '../../src/core/secrets.ts';
import { PEOPLE } from '../../src/local/graph-simulator/people.ts';
import { until } from '../support/until.ts';
import { eventOf, startOfficeHub, type OfficeHub } from './office-hub.ts';

/* A hub that is started with another SECRETS_KEY than its subscriptions were made with, and later with the right one again. */

const [INGRID] = PEOPLE as unknown as [{ id: string }];

let hub: OfficeHub;
beforeAll(async () => {
  hub = await startOfficeHub();
});
afterAll(() => hub.dispose());

async function mailbox() {
  const found = (await hub.subscriptions()).find(
    ({ resource }) => resource === `users/${INGRID.id}/messages`,
  );
  if (found === undefined) throw new Error('the first mailbox is not watched');
  return found;
}

async function gaps() {
  return (await hub.readEvents()).filter(({ type }) => type === 'heliograph.gap');
}

/** One mail that Graph tells of; waits until the hub knows that it dropped it. */
async function dropOne(): Promise<void> {
  const before = alarms();
  await hub.office.change({ kind: 'mail', user: INGRID.id });
  await until(() => alarms() > before);
}

function alarms(): number {
  return hub.lines.filter(({ act }) => act === 'client_state.wrong_secret').length;
}

async function startWithAnother(): Promise<void> {
  await writeFile(join(hub.folder, '.env'), `SECRETS_KEY=${formatMasterKey(randomBytes(32))}\n`);
  await hub.start();
}

test('what it drops is said of the subscription and is a gap in the log, whatever ends the hub', async () => {
  await hub.end('SIGTERM');
  await startWithAnother();
  await dropOne();
  const failing = await until(async () => {
    const now = await mailbox();
    return now.status === 'failing' ? now : null;
  });
  expect(failing.reason).toMatchObject({ code: 'wrong_secret' });
  const since = failing.reason?.since;
  const metrics = await (await fetch(`${hub.url}/metrics`)).text();
  expect(metrics).toContain('heliograph_client_states_wrong_secret_total 1');
  expect(metrics).toContain('heliograph_notifications_forged_total 0');
  expect((await hub.ask('POST', `/subscriptions/${failing.key}/renew`)).status).toBe(200);
  expect(await mailbox()).toMatchObject({ status: 'failing', reason: { code: 'wrong_secret', since } });

  await hub.end('SIGTERM');
  await startWithAnother();
  const told = { subscriptionkey: failing.key, data: { cause: 'wrong_secret', from: since } };
  expect(await gaps()).toMatchObject([told]);

  await dropOne();
  await hub.end('SIGKILL');
  await rm(join(hub.folder, '.env'));
  await hub.start();
  expect(await gaps()).toHaveLength(1);
  const event = await eventOf(hub, await hub.office.change({ kind: 'mail', user: INGRID.id }));
  expect(await gaps()).toMatchObject([told, { ...told, data: { ...told.data, to: event.time } }]);
  await until(async () => (await mailbox()).status === 'active');
}, 90_000);
