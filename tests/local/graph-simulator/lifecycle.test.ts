import { expect, test } from 'vitest';
import { openOffice } from './office-under-test.ts';
import { openReceiver } from './receiver.ts';
import { INGRID, watch } from './watching.ts';

const MINUTE_MS = 60_000;
const MESSAGES = `users/${INGRID.id}/messages`;

/** An office whose time can be moved, and a subscription in it that lasts a day. */
async function watchedOffice() {
  let skewMs = 0;
  const office = await openOffice({
    now: () => Date.now() + skewMs,
    timing: {
      challengeAfterLeastMs: 10 * MINUTE_MS,
      challengeAfterMostMs: 20 * MINUTE_MS,
      challengeEveryMs: 5 * MINUTE_MS,
    },
  });
  const receiver = await openReceiver();
  const id = await watch(office, receiver, MESSAGES);
  return {
    office,
    receiver,
    id,
    later: async (minutes: number) => {
      skewMs += minutes * MINUTE_MS;
      await office.simulator.tick();
      await office.simulator.settled();
    },
  };
}

test('reauthorization is asked for at the lifecycle URL, again and again, until a PATCH', async () => {
  const { office, receiver, id, later } = await watchedOffice();
  await later(9);
  expect(receiver.posts).toEqual([]);
  await later(12);
  await later(2);
  await later(4);
  expect(receiver.posts.map(({ path }) => path)).toEqual(['/graph/lifecycle', '/graph/lifecycle']);
  expect(receiver.posts[0]?.items).toMatchObject([
    { subscriptionId: id, lifecycleEvent: 'reauthorizationRequired', clientState: 'a state' },
  ]);
  expect(office.simulator.state().subscriptions[0]).toMatchObject({ challenges: 2 });
  const expirationDateTime = new Date(Date.now() + 48 * 60 * MINUTE_MS).toISOString();
  const renewed = await office.request('PATCH', `/v1.0/subscriptions/${id}`, {
    body: { expirationDateTime },
  });
  expect(renewed.status).toBe(200);
  await later(6);
  expect(receiver.posts).toHaveLength(2);
  expect(office.simulator.state().subscriptions[0]).toMatchObject({ challenges: 0 });
  await later(15);
  expect(receiver.posts).toHaveLength(3);
});

test('a call of reauthorize answers the challenge as well, and leaves the expiry as it was', async () => {
  const { office, receiver, id, later } = await watchedOffice();
  const { expiresAt } = office.simulator.state().subscriptions[0] ?? {};
  await later(21);
  expect((await office.request('POST', `/v1.0/subscriptions/${id}/reauthorize`)).status).toBe(204);
  await later(6);
  expect(receiver.posts).toHaveLength(1);
  expect(office.simulator.state().subscriptions[0]).toMatchObject({ expiresAt, challenges: 0 });
});

test('any lifecycle event can be sent on demand, and subscriptionRemoved removes', async () => {
  const { office, receiver, id } = await watchedOffice();
  for (const event of ['missed', 'reauthorizationRequired', 'subscriptionRemoved'] as const)
    expect(await office.simulator.sendLifecycle(id, event)).toBe(true);
  await office.simulator.settled();
  expect(receiver.accepted().map((item) => item.lifecycleEvent)).toEqual([
    'missed',
    'reauthorizationRequired',
    'subscriptionRemoved',
  ]);
  expect(office.simulator.state().subscriptions).toEqual([]);
  expect(await office.simulator.sendLifecycle(id, 'missed')).toBe(false);
});

test('a subscription without a lifecycle URL is told nothing', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const id = await watch(office, receiver, MESSAGES, { changes: { lifecycleNotificationUrl: null } });
  expect(receiver.handshakes).toHaveLength(1);
  expect(await office.simulator.sendLifecycle(id, 'missed')).toBe(false);
});

test('what Graph loses is gone without a word', async () => {
  const { office, receiver, id } = await watchedOffice();
  expect(await office.simulator.loseSubscription(id)).toBe(true);
  expect((await office.request('GET', `/v1.0/subscriptions/${id}`)).status).toBe(404);
  await office.simulator.settled();
  expect(receiver.posts).toEqual([]);
});
