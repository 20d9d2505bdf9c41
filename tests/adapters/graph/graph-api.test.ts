import { expect, test } from 'vitest';
import { tenantCredential } from '../../../src/adapters/graph/credentials.ts';
import { graphApi } from '../../../src/adapters/graph/graph-api.ts';
import { LOCAL_CLIENT_ID } from '../../../src/local/graph-simulator/local-identity.ts';
import type { GraphSimulatorOptions } from '../../../src/local/graph-simulator/start-graph-simulator.ts';
import type { SubscriptionAsk } from '../../../src/ports/graph-api.ts';
import { CLIENT_SECRET, openOffice, TENANT } from '../../local/graph-simulator/office-under-test.ts';
import { openReceiver, type Receiver } from '../../local/graph-simulator/receiver.ts';
import { INGRID, TOBIAS } from '../../local/graph-simulator/watching.ts';

const never = new AbortController().signal;
const MESSAGES = `users/${INGRID.id}/messages`;

/** The adapter as the hub sets it up, against a simulator of its own. */
async function openGraph(options: Partial<GraphSimulatorOptions> = {}, clientSecret = CLIENT_SECRET) {
  const { simulator } = await openOffice(options);
  const settings = {
    kind: 'client_secret',
    tenantId: TENANT,
    clientId: LOCAL_CLIENT_ID,
    clientSecret,
  } as const;
  const credential = tenantCredential(settings, simulator.authorityUrl);
  return { simulator, graph: graphApi({ graphUrl: simulator.url, tenants: [{ id: TENANT, credential }] }) };
}

function askFor(receiver: Receiver, changes: Partial<SubscriptionAsk> = {}): SubscriptionAsk {
  return {
    changeTypes: ['created', 'updated'],
    resource: MESSAGES,
    notificationUrl: `${receiver.url}/graph/notifications`,
    lifecycleNotificationUrl: `${receiver.url}/graph/lifecycle`,
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    clientState: 'a state',
    immutableIds: true,
    ...changes,
  };
}

test('a subscription is created, renewed, listed and deleted', async () => {
  const [{ graph, simulator }, receiver] = [await openGraph(), await openReceiver()];
  const ask = askFor(receiver);
  const created = await graph.createSubscription(TENANT, ask);
  expect(created).toEqual({
    status: 'ok',
    value: {
      id: simulator.state().subscriptions[0]?.id,
      resource: MESSAGES,
      changeType: 'created,updated',
      notificationUrl: ask.notificationUrl,
      expiresAt: ask.expiresAt,
    },
  });
  if (created.status !== 'ok') return;
  const [made] = simulator.makeChanges(1, { kind: 'mail', user: INGRID.id }) ?? [];
  expect(made?.notified[0]?.resource).toBe(`Users/${INGRID.id}/Messages/${made?.immutableId}`);

  const expiresAt = new Date(Date.now() + 2 * 86_400_000).toISOString();
  const renewed = await graph.renewSubscription(TENANT, created.value.id, expiresAt);
  expect(renewed).toEqual({ status: 'ok', value: { ...created.value, expiresAt } });
  expect(await graph.listSubscriptions(TENANT.toUpperCase())).toEqual({
    status: 'ok',
    value: [{ ...created.value, expiresAt }],
  });
  expect(await graph.deleteSubscription(TENANT, created.value.id)).toEqual({ status: 'ok', value: null });
  const gone = {
    status: 'refused',
    httpStatus: 404,
    code: 'ResourceNotFound',
    message: 'The object was not found.',
  };
  expect(await graph.deleteSubscription(TENANT, created.value.id)).toEqual(gone);
  expect(await graph.renewSubscription(TENANT, created.value.id, expiresAt)).toEqual(gone);
});

test('a refusal carries the status, the code and the words of Graph', async () => {
  const [{ graph }, receiver, closed] = [
    await openGraph(),
    await openReceiver(),
    await openReceiver({ handshake: () => ({ status: 403 }) }),
  ];
  expect(await graph.createSubscription(TENANT, askFor(closed))).toEqual({
    status: 'refused',
    httpStatus: 400,
    code: 'InvalidRequest',
    message: "Subscription validation request failed. HTTP status code is 'Forbidden'.",
  });
  await graph.createSubscription(TENANT, askFor(receiver));
  expect(await graph.createSubscription(TENANT, askFor(receiver))).toMatchObject({
    status: 'refused',
    httpStatus: 409,
    code: 'Conflict',
  });
});

test('a list goes on to the last page', async () => {
  const [{ graph }, receiver] = [await openGraph(), await openReceiver()];
  const resources = Array.from(
    { length: 103 },
    (_, index) => `groups/${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`,
  );
  for (const resource of resources)
    expect(
      await graph.createSubscription(TENANT, askFor(receiver, { resource, changeTypes: ['updated'] })),
    ).toMatchObject({ status: 'ok' });
  const listed = await graph.listSubscriptions(TENANT);
  expect(listed.status === 'ok' && listed.value.map(({ resource }) => resource)).toEqual(resources);
});

test('each request of a batch has an answer of its own, in the order asked', async () => {
  const { graph, simulator } = await openGraph();
  simulator.faults.set({ forbidUsers: [TOBIAS.id] });
  const [made] = simulator.makeChanges(1, { kind: 'mail', user: INGRID.id }) ?? [];
  const fetched = await graph.fetchResources(
    TENANT,
    [
      { path: `${MESSAGES}/AAMkNotThere=`, immutableIds: true },
      { path: `${MESSAGES}/${made?.immutableId}`, immutableIds: true },
      { path: `${MESSAGES}/${made?.immutableId}`, immutableIds: false },
      { path: `users/${TOBIAS.id}/messages/x`, immutableIds: true },
    ],
    never,
  );
  expect(fetched).toMatchObject([
    { status: 'refused', httpStatus: 404, code: 'ErrorItemNotFound' },
    { status: 'ok', value: { id: made?.immutableId, subject: made?.subject } },
    { status: 'ok', value: { id: made?.id, subject: made?.subject } },
    { status: 'refused', httpStatus: 403, code: 'ErrorAccessDenied' },
  ]);
});

test('throttling inside a batch concerns the requests it struck', async () => {
  const { graph, simulator } = await openGraph();
  const requests = [1, 2, 3].map(() => ({ path: `users/${INGRID.id}`, immutableIds: false }));
  simulator.faults.set({ throttle: { requests: 2, retryAfterSeconds: 9 } });
  expect(await graph.fetchResources(TENANT, requests, never)).toMatchObject([
    { status: 'throttled', retryAfterMs: 9000 },
    { status: 'throttled', retryAfterMs: 9000 },
    { status: 'ok', value: { id: INGRID.id } },
  ]);
});

function twice(answer: object): object[] {
  return [answer, answer];
}

test('what befalls the whole batch befalls each request', async () => {
  const { graph, simulator } = await openGraph();
  const requests = [1, 2].map(() => ({ path: `users/${INGRID.id}`, immutableIds: false }));
  simulator.faults.set({ down: { requests: 1, status: 503, retryAfterSeconds: 4 } });
  expect(await graph.fetchResources(TENANT, requests, never)).toEqual(
    twice({ status: 'throttled', retryAfterMs: 4000 }),
  );
  simulator.faults.set({ down: { requests: 1, status: 502 } });
  expect(await graph.fetchResources(TENANT, requests, never)).toEqual(
    twice({ status: 'unreachable', message: 'Graph answered 502' }),
  );
  expect(await graph.fetchResources(TENANT, requests, AbortSignal.abort())).toEqual(
    twice({ status: 'unreachable', message: 'The call was given up.' }),
  );
});

test('an empty batch asks nothing, one that is too large is a fault', async () => {
  const { graph } = await openGraph();
  expect(await graph.fetchResources(TENANT, [], never)).toEqual([]);
  const many = Array.from({ length: 21 }, () => ({ path: 'users', immutableIds: false }));
  await expect(graph.fetchResources(TENANT, many, never)).rejects.toThrow(RangeError);
});

test('a single GET is answered, refused and throttled, and nothing is retried inside', async () => {
  const { graph, simulator } = await openGraph();
  expect(await graph.get(TENANT, `/users/${INGRID.userPrincipalName}`)).toMatchObject({
    status: 'ok',
    value: { id: INGRID.id },
  });
  expect(await graph.get(TENANT, 'users/nobody@marlow-instruments.example')).toMatchObject({
    status: 'refused',
    httpStatus: 404,
  });
  simulator.faults.set({ throttle: { requests: 1, retryAfterSeconds: null } });
  expect(await graph.get(TENANT, 'users')).toEqual({ status: 'throttled', retryAfterMs: null });
  expect(await graph.get(TENANT, 'users')).toMatchObject({ status: 'ok' });
});

test('a wrong secret is refused in the words of Entra, without the secret', async () => {
  const { graph } = await openGraph({}, 'a wrong secret');
  const answer = await graph.get(TENANT, 'users');
  expect(answer).toMatchObject({ status: 'refused', httpStatus: 401, code: 'invalid_client' });
  expect(answer.status === 'refused' && answer.message).toMatch(
    /^AADSTS7000215: Invalid client secret provided\..*'\.$/,
  );
  expect(JSON.stringify(answer)).not.toContain('a wrong secret');
});

test('an authority that is down is not reached, and reached again when it is back', async () => {
  const { graph, simulator } = await openGraph();
  simulator.faults.set({ entraDown: {} });
  const requests = [1, 2].map(() => ({ path: 'users', immutableIds: false }));
  expect(await graph.fetchResources(TENANT, requests, never)).toMatchObject([
    { status: 'unreachable' },
    { status: 'unreachable' },
  ]);
  simulator.faults.clear();
  expect(await graph.get(TENANT, 'users')).toMatchObject({ status: 'ok' });
});

test('a tenant without a credential is refused and the tenants are listed', async () => {
  const { graph } = await openGraph();
  expect(graph.tenants()).toEqual([TENANT]);
  expect(await graph.get('00000000-0000-4000-8000-000000000000', 'users')).toMatchObject({
    status: 'refused',
    httpStatus: 401,
    code: 'no_credential',
  });
});
