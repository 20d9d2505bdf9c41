import { expect, onTestFinished, test } from 'vitest';
import { PEOPLE } from '../../src/local/graph-simulator/people.ts';
import { until } from '../support/until.ts';
import { startOfficeHub } from './office-hub.ts';

const [INGRID, , PRIYA] = PEOPLE as unknown as { id: string }[];

test('what a killed hub was about to do at Graph is done by the next within 20 s', async () => {
  const hub = await startOfficeHub();
  onTestFinished(() => hub.dispose());
  const kept = (await hub.subscriptions()).find(
    ({ resource }) => resource === `users/${INGRID?.id}/messages`,
  );
  const resource = `users/${PRIYA?.id}/messages`;
  const find = async () => (await hub.subscriptions()).find((each) => each.resource === resource);
  await hub.office.fault({ latencyMs: 60_000 });
  const cutOff = Promise.allSettled([
    hub.ask('POST', '/subscriptions', { resource }),
    hub.ask('POST', `/subscriptions/${kept?.key}/renew`),
  ]);
  await until(async () => (await find())?.status === 'creating');
  // The claim of the renewal, which began beside it.
  await until(async () => (await hub.ask('POST', `/subscriptions/${kept?.key}/renew`)).status === 409);

  await hub.end('SIGKILL');
  const killedAt = performance.now();
  await cutOff;
  await hub.start();
  const soon = { timeoutMs: 30_000, everyMs: 100 };
  const renewed = until(
    async () => (await hub.ask('POST', `/subscriptions/${kept?.key}/renew`)).status === 200,
    soon,
  );
  const made = await until(async () => {
    const now = await find();
    return now?.status === 'active' ? now : null;
  }, soon);
  await renewed;
  expect(performance.now() - killedAt).toBeLessThan(20_000);
  const held = (await hub.office.subscriptions()).filter((each) => each.resource === resource);
  expect(held.map(({ id }) => id)).toEqual([made.graphId]);
}, 90_000);
