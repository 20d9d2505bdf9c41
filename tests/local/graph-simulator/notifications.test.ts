import { expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { errorOf, openOffice, TENANT } from './office-under-test.ts';
import { openReceiver } from './receiver.ts';
import { INGRID, TOBIAS, watch } from './watching.ts';

const MESSAGES = `users/${INGRID.id}/messages`;

test('a notification has the shape and the spelling of Graph', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const id = await watch(office, receiver, MESSAGES, { immutableIds: true });
  const [made] = office.simulator.makeChanges(1, { kind: 'mail', user: INGRID.userPrincipalName }) ?? [];
  await office.simulator.settled();
  const resource = `Users/${INGRID.id}/Messages/${made?.immutableId}`;
  expect(receiver.posts).toEqual([
    {
      path: '/graph/notifications',
      contentType: 'application/json; charset=utf-8',
      items: [
        {
          subscriptionId: id,
          subscriptionExpirationDateTime: expect.stringMatching(/^[\dT:-]{19}\.\d{7}Z$/) as string,
          changeType: 'created',
          resource,
          resourceData: {
            '@odata.type': '#Microsoft.Graph.Message',
            '@odata.id': resource,
            '@odata.etag': made?.etag,
            id: made?.immutableId,
          },
          clientState: 'a state',
          tenantId: TENANT,
          id: made?.notified[0]?.id,
        },
      ],
    },
  ]);
});

test('one post mixes the subscriptions that share a URL', async () => {
  const [office, receiver] = [await openOffice({ timing: { collectMs: 40 } }), await openReceiver()];
  const ids = [
    await watch(office, receiver, MESSAGES),
    await watch(office, receiver, `users/${TOBIAS.id}/messages`),
  ];
  office.simulator.makeChanges(2, { kind: 'mail', user: INGRID.id });
  office.simulator.makeChanges(2, { kind: 'mail', user: TOBIAS.id });
  await office.simulator.settled();
  expect(receiver.posts).toHaveLength(1);
  expect(receiver.posts[0]?.items.map((item) => item.subscriptionId)).toEqual(
    [0, 0, 1, 1].map((index) => ids[index]),
  );
});

test('a post that is refused, moved or left without an answer is tried again until it is taken', async () => {
  const answers = [503, null, 302, 202];
  const [office, receiver] = [
    await openOffice({ timing: { firstTimeoutMs: 2_000, retryTimeoutMs: 400 } }),
    await openReceiver({ answer: (nth) => answers[nth] ?? null }),
  ];
  await watch(office, receiver, MESSAGES);
  office.simulator.makeChanges(1, { kind: 'mail', user: INGRID.id });
  await office.simulator.settled();
  expect(receiver.posts.map(({ items }) => items)).toEqual(
    Array.from({ length: 4 }, () => receiver.accepted()),
  );
  const { notifications, recentPosts } = office.simulator.state();
  expect(notifications).toEqual({ posts: 4, delivered: 1, failed: 3, lost: 0, pending: 0 });
  expect(recentPosts.map(({ attempt, status }) => [attempt, status])).toEqual([
    [1, 503],
    [2, null],
    [3, 302],
    [4, 202],
  ]);
});

test('the first attempt has less time than the ones after it', async () => {
  const [office, receiver] = [
    await openOffice({ timing: { firstTimeoutMs: 20, retryTimeoutMs: 900 } }),
    await openReceiver({ answer: () => null }),
  ];
  await watch(office, receiver, MESSAGES);
  office.simulator.makeChanges(1, { kind: 'mail', user: INGRID.id });
  const posts = await until(() => {
    const { recentPosts } = office.simulator.state();
    return recentPosts.length >= 2 && recentPosts;
  });
  expect(posts[0]?.tookMs).toBeLessThan(800);
  expect(posts[1]?.tookMs).toBeGreaterThanOrEqual(880);
});

test('what nobody takes for hours is lost, and the lifecycle URL is told that something was missed', async () => {
  const [office, receiver] = [
    await openOffice({ timing: { giveUpAfterMs: 30 } }),
    await openReceiver({ answer: (_nth, { path }) => (path === '/graph/lifecycle' ? 202 : 503) }),
  ];
  const id = await watch(office, receiver, MESSAGES);
  office.simulator.makeChanges(3, { kind: 'mail', user: INGRID.id });
  await office.simulator.settled();
  expect(office.simulator.state().notifications).toMatchObject({ lost: 3, delivered: 1 });
  expect(receiver.accepted()).toMatchObject([
    { subscriptionId: id, lifecycleEvent: 'missed', clientState: 'a state' },
  ]);
});

test('ids and etags are sometimes absent, and a double of what has neither is never sent', async () => {
  const [office, receiver] = [
    await openOffice({ manners: { withoutId: 0.5, withoutEtag: 0.5, duplicate: 1 } }),
    await openReceiver(),
  ];
  await watch(office, receiver, MESSAGES);
  const made = office.simulator.makeChanges(60, { kind: 'mail', user: INGRID.id }) ?? [];
  await office.simulator.settled();
  const told = made.flatMap(({ notified }) => notified);
  for (const [id, etag] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const)
    expect(told.filter((each) => (each.id !== null) === id && (each.etag !== null) === etag)).not.toEqual([]);
  for (const { id, etag, resource } of told) {
    const came = receiver.accepted().filter((item) => item.resource === resource);
    expect(came).toHaveLength(id === null && etag === null ? 1 : 2);
    expect(came[0]?.id ?? null).toBe(id);
    expect(came[0]?.resourceData?.['@odata.etag'] ?? null).toBe(etag);
    expect(came[1] ?? came[0]).toEqual(came[0]);
  }
});

test('notifications that are held back are overtaken, and none is lost', async () => {
  const [office, receiver] = [
    await openOffice({ manners: { holdBack: 0.5, holdBackMaxMs: 60 } }),
    await openReceiver(),
  ];
  await watch(office, receiver, MESSAGES);
  const made = office.simulator.makeChanges(20, { kind: 'mail', user: INGRID.id }) ?? [];
  await office.simulator.settled();
  const order = made.flatMap(({ notified }) => notified.map(({ resource }) => resource));
  const came = receiver.accepted().map((item) => item.resource ?? '');
  expect(came).not.toEqual(order);
  expect(came.toSorted()).toEqual(order.toSorted());
});

test('a move is an update by immutable ids, and to everybody else the end of one item and the start of another', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const immutable = await watch(office, receiver, MESSAGES, { immutableIds: true });
  const ordinary = await watch(office, receiver, MESSAGES, { changes: { changeType: 'created,deleted' } });
  const inbox = await watch(office, receiver, `users/${INGRID.id}/mailFolders('Inbox')/messages`, {
    immutableIds: true,
  });
  const [moved] = office.simulator.makeChanges(1, { kind: 'move', user: INGRID.id }) ?? [];
  const seen = (subscriptionId: string) =>
    moved?.notified.filter((told) => told.subscriptionId === subscriptionId).map((told) => told.changeType);
  expect(seen(immutable)).toEqual(['updated']);
  expect(seen(ordinary)).toEqual(['deleted', 'created']);
  expect(seen(inbox)).toEqual(['deleted']);
  const ids = moved?.notified
    .filter(({ subscriptionId }) => subscriptionId === ordinary)
    .map(({ resource }) => resource.split('/').at(-1) ?? '');
  const [before = '', after = ''] = ids ?? [];
  expect(after).toBe(moved?.id);
  const at = (id: string) => office.request('GET', `/v1.0/${MESSAGES}/${encodeURIComponent(id)}`);
  expect(errorOf(await at(before))).toMatchObject({ status: 404, code: 'ErrorItemNotFound' });
  for (const id of [after, moved?.immutableId ?? '']) expect((await at(id)).status).toBe(200);
});

test('only the change types that were asked for are told', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  await watch(office, receiver, MESSAGES, { changes: { changeType: 'deleted' } });
  const made = (['mail', 'read', 'delete'] as const).flatMap(
    (kind) => office.simulator.makeChanges(1, { kind, user: INGRID.id }) ?? [],
  );
  expect(made.map(({ changeType, notified }) => [changeType, notified.length])).toEqual([
    ['created', 0],
    ['updated', 0],
    ['deleted', 1],
  ]);
  const gone = await office.request('GET', `/v1.0/${MESSAGES}/${made[2]?.id}`);
  expect(gone.status).toBe(404);
});

test('users, events and contacts are told of in their own spelling', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  await watch(office, receiver, 'users', { changes: { changeType: 'updated' } });
  await watch(office, receiver, `users/${INGRID.id}/events`);
  await watch(office, receiver, `users/${INGRID.id}/contacts`);
  for (const kind of ['profile', 'meeting', 'contact'] as const)
    office.simulator.makeChanges(1, { kind, user: INGRID.id });
  await office.simulator.settled();
  expect(receiver.accepted().map((item) => item.resourceData?.['@odata.type'])).toEqual([
    '#Microsoft.Graph.User',
    '#Microsoft.Graph.Event',
    '#Microsoft.Graph.Contact',
  ]);
  expect(receiver.accepted()[0]?.resource).toBe(`Users/${INGRID.id}`);
});

test('in the drop state nothing is sent, and nothing later', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  await watch(office, receiver, MESSAGES);
  office.simulator.faults.set({ dropNotifications: true });
  office.simulator.makeChanges(2, { kind: 'mail', user: INGRID.id });
  office.simulator.faults.set({ dropNotifications: false });
  const [later] = office.simulator.makeChanges(1, { kind: 'mail', user: INGRID.id }) ?? [];
  await office.simulator.settled();
  expect(receiver.accepted().map((item) => item.resource)).toEqual([later?.notified[0]?.resource]);
});

test('changes come by themselves at the pace that is set', async () => {
  const [office, receiver] = [await openOffice({ changesPerSecond: 200 }), await openReceiver()];
  await watch(office, receiver, MESSAGES);
  await until(() => receiver.accepted().length >= 3);
  office.simulator.setPace(0);
  await office.simulator.settled();
  const { position } = office.simulator.state();
  expect(office.simulator.state()).toMatchObject({ position, changesPerSecond: 0 });
});
