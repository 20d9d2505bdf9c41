import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Subscription } from '../../src/http/schemas/subscriptions.ts';
import { PEOPLE } from '../../src/local/graph-simulator/people.ts';
import { until } from '../support/until.ts';
import { eventOf, startOfficeHub, type OfficeHub } from './office-hub.ts';

/*
 * What is asked of the hub while Graph does not answer, and what becomes of it by itself when Graph is back. A subscription is tried
 * again after 15 to 30 s, so everything happens in one outage and is looked at together.
 */

const [INGRID, TOBIAS, PRIYA] = PEOPLE as unknown as [{ id: string }, { id: string }, { id: string }];
const TRIED_AGAIN_MS = 40_000;

let hub: OfficeHub;
beforeAll(async () => {
  hub = await startOfficeHub();
});
afterAll(() => hub.dispose());

test('what is asked for while Graph is down is brought about when it is back', async () => {
  const watched = new Map((await hub.subscriptions()).map((each) => [each.resource, each]));
  const kept = watched.get(`users/${INGRID.id}/messages`);
  const unwanted = watched.get(`users/${TOBIAS.id}/messages`);
  if (kept === undefined || unwanted === undefined) throw new Error('the first subscriptions are not there');
  await hub.office.fault({ down: {} });

  const created = await hub.cli('subscriptions', 'create', '--resource', `users/${PRIYA.id}/messages`);
  expect(created.code).toBe(0);
  expect(created.out).toContain('creating');
  expect(created.err).toMatch(/cannot be reached.*\nIt is kept, and the hub goes on trying/);
  const key = created.out.split(' ')[0] ?? '';
  expect(await find(key)).toMatchObject({ status: 'creating', reason: { code: 'graph_unreachable' } });

  const renewed = await hub.cli('subscriptions', 'renew', kept.key);
  expect(renewed).toMatchObject({ code: 0, err: expect.stringContaining('Graph cannot be reached') });
  expect(await find(kept.key)).toMatchObject({ status: 'active', reason: { code: 'graph_unreachable' } });

  const deleted = await hub.cli('subscriptions', 'delete', unwanted.key);
  expect(deleted).toMatchObject({ code: 0, out: expect.stringContaining('is being deleted') });
  expect(await find(unwanted.key)).toMatchObject({ status: 'deleting' });

  const change = await hub.office.change({
    kind: 'mail',
    user: INGRID.id,
    subject: 'Told while Graph was down',
  });
  await until(() => hub.lines.some((line) => line.act === 'event.appended' && line['returned'] === 1));
  await hub.office.noFaults();

  const event = await eventOf(hub, change, TRIED_AGAIN_MS);
  expect(event.data).toMatchObject({ resource: { subject: 'Told while Graph was down' } });
  await until(async () => (await find(key))?.status === 'active', waiting('the creation'));
  expect((await find(key))?.reason).toBeNull();
  await until(async () => (await find(unwanted.key)) === null, waiting('the deletion'));
  await until(async () => (await find(kept.key))?.reason === null, waiting('the renewal'));
  const held = (await hub.office.subscriptions()).map(({ id }) => id);
  expect(held).toContain((await find(key))?.graphId);
  expect(held).toContain(kept.graphId);
  expect(held).not.toContain(unwanted.graphId);
}, 90_000);

function waiting(what: string) {
  return { timeoutMs: TRIED_AGAIN_MS, everyMs: 100, what };
}

async function find(key: string): Promise<Subscription | null> {
  const { status, body } = await hub.ask('GET', `/subscriptions/${key}`);
  return status === 404 ? null : (body as Subscription);
}
