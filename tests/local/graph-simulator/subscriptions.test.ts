import { expect, test } from 'vitest';
import { errorOf, openOffice } from './office-under-test.ts';
import { openReceiver } from './receiver.ts';
import { askFor, INGRID, TOBIAS, watch } from './watching.ts';

const MINUTE_MS = 60_000;
const MESSAGES = `users/${INGRID.id}/messages`;

function minutesFromNow(minutes: number): string {
  return new Date(Date.now() + minutes * MINUTE_MS).toISOString();
}

function minutesLeft(expiration: unknown): number {
  return Math.round((Date.parse(String(expiration)) - Date.now()) / MINUTE_MS);
}

test("Microsoft's client creates a subscription once both URLs have answered", async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const ask = askFor(receiver, MESSAGES, {
    notificationUrl: `${receiver.url}/graph/notifications?from=graph`,
  });
  const made = (await office.graph.api('/subscriptions').post(ask)) as Record<string, unknown>;
  expect(made).toMatchObject({
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#subscriptions/$entity',
    resource: MESSAGES,
    changeType: 'created,updated,deleted',
    clientState: null,
    notificationUrl: ask.notificationUrl,
    lifecycleNotificationUrl: ask.lifecycleNotificationUrl,
    latestSupportedTlsVersion: 'v1_2',
  });
  expect(minutesLeft(made['expirationDateTime'])).toBe(1440);
  expect(receiver.handshakes).toHaveLength(2);
  for (const { token, query, contentType } of receiver.handshakes) {
    expect(token).toMatch(
      /^Validation: Testing client application reachability for subscription Request-Id: [0-9a-f-]{36}$/,
    );
    expect(query).toContain('validationToken=Validation%3a+Testing+client');
    expect(contentType).toBe('text/plain; charset=utf-8');
  }
  expect(receiver.handshakes.some(({ query }) => query.startsWith('from=graph&'))).toBe(true);
});

test.each([
  ['refuses', { status: 403 }, "HTTP status code is 'Forbidden'."],
  ['has no such page', { status: 404 }, "HTTP status code is 'NotFound'."],
  [
    'echoes something else',
    { body: 'Validation' },
    'Response must exactly match validationToken query parameter.',
  ],
  ['answers as a page', { contentType: 'text/html' }, "Response content type must be 'text/plain'."],
])('an endpoint that %s is not subscribed', async (_what, answer, words) => {
  const [office, receiver] = [await openOffice(), await openReceiver({ handshake: () => answer })];
  const refused = await office.request('POST', '/v1.0/subscriptions', { body: askFor(receiver, MESSAGES) });
  expect(errorOf(refused)).toEqual({
    status: 400,
    code: 'InvalidRequest',
    message: `Subscription validation request failed. ${words}`,
  });
  expect(office.simulator.state().subscriptions).toEqual([]);
});

test('an endpoint that is silent or not there is not subscribed', async () => {
  const office = await openOffice({ timing: { handshakeTimeoutMs: 50 } });
  const silent = await openReceiver({ handshake: () => null });
  const late = await office.request('POST', '/v1.0/subscriptions', { body: askFor(silent, MESSAGES) });
  expect(errorOf(late).message).toBe('Subscription validation request timed out.');
  const nobody = { ...silent, url: 'http://127.0.0.1:60' };
  const gone = await office.request('POST', '/v1.0/subscriptions', { body: askFor(nobody, MESSAGES) });
  expect(errorOf(gone).message).toContain('Notification endpoint must respond with 200 OK');
});

test('a lifetime below 45 minutes is raised, one above the maximum is refused', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const create = (resource: string, minutes: number) =>
    office.request('POST', '/v1.0/subscriptions', {
      body: askFor(receiver, resource, {
        changeType: 'updated',
        expirationDateTime: minutesFromNow(minutes),
      }),
    });
  expect(minutesLeft((await create(MESSAGES, 5)).body['expirationDateTime'])).toBe(45);
  expect(minutesLeft((await create('users', 41_755)).body['expirationDateTime'])).toBe(41_755);
  expect(errorOf(await create(`users/${TOBIAS.id}/messages`, 10_090))).toEqual({
    status: 400,
    code: 'ExtensionError',
    message: 'Subscription expiration can only be 10080 minutes in the future.',
  });
  expect(errorOf(await create(`users/${TOBIAS.id}/messages`, -5)).message).toContain('in the future');
});

test.each([
  ['resource', { resource: undefined }, 400, 'resource is a required property'],
  ['expiry', { expirationDateTime: 'soon' }, 400, 'expirationDateTime is a required property'],
  ['change type', { changeType: 'created,moved' }, 400, "ChangeType 'moved' is not supported"],
  ['kind of resource', { resource: 'users/x/photos' }, 400, 'is not supported for subscriptions'],
  ['own mailbox', { resource: 'me/messages' }, 400, '/me request is only valid with delegated'],
  [
    'user',
    { resource: 'users/nobody@marlow-instruments.example/messages' },
    404,
    "The requested user 'nobody@",
  ],
  [
    'plain http',
    { notificationUrl: 'http://hub.example/n' },
    400,
    "NotificationUrl scheme='http' is not supported",
  ],
  ['URL', { lifecycleNotificationUrl: 'hub' }, 400, 'LifecycleNotificationUrl is not a valid absolute URL'],
  ['long state', { clientState: 'x'.repeat(129) }, 400, 'at most 128 characters'],
  [
    'chat without lifecycle URL',
    { resource: 'chats/getAllMessages', lifecycleNotificationUrl: null },
    400,
    'lifecycleNotificationUrl is a required property',
  ],
])('refuses a subscription for its %s', async (_what, changes, status, words) => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const body = askFor(receiver, MESSAGES, changes);
  const answer = errorOf(await office.request('POST', '/v1.0/subscriptions', { body }));
  expect(answer.status).toBe(status);
  expect(answer.message).toContain(words);
  expect(receiver.handshakes).toEqual([]);
});

test('a body that is not JSON is refused in a JSON body with a request id', async () => {
  const office = await openOffice();
  const answer = await office.request('POST', '/v1.0/subscriptions', { body: '{"resource":' });
  expect(errorOf(answer)).toMatchObject({ status: 400, code: 'BadRequest' });
  expect(answer.body['error']).toMatchObject({ innerError: { 'request-id': expect.any(String) as string } });
});

test('the same resource and change types again are a conflict that names the first, however they are written', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const first = await watch(office, receiver, MESSAGES);
  for (const resource of [
    `/users('${INGRID.userPrincipalName}')/messages`,
    `Users/${INGRID.id.toUpperCase()}/Messages`,
  ]) {
    const body = askFor(receiver, resource, { changeType: 'deleted, created,updated' });
    const answer = await office.request('POST', '/v1.0/subscriptions', { body });
    expect(errorOf(answer)).toEqual({
      status: 409,
      code: 'Conflict',
      message: `Subscription Id ${first} already exists for the requested combination`,
    });
  }
  await watch(office, receiver, MESSAGES, { changes: { changeType: 'created' } });
});

test('two creates at once make one subscription', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const body = askFor(receiver, MESSAGES);
  const answers = await Promise.all(
    [1, 2].map(() => office.request('POST', '/v1.0/subscriptions', { body })),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
});

test('a PATCH renews, moves to another URL once that has answered, and needs one of the two', async () => {
  const [office, receiver, other] = [await openOffice(), await openReceiver(), await openReceiver()];
  const path = `/v1.0/subscriptions/${await watch(office, receiver, MESSAGES)}`;
  const renewed = await office.request('PATCH', path, { body: { expirationDateTime: minutesFromNow(2880) } });
  expect(renewed.status).toBe(200);
  expect(minutesLeft(renewed.body['expirationDateTime'])).toBe(2880);
  expect(receiver.handshakes).toHaveLength(2);
  const moved = await office.request('PATCH', path, { body: { notificationUrl: `${other.url}/elsewhere` } });
  expect(moved.body['notificationUrl']).toBe(`${other.url}/elsewhere`);
  expect(other.handshakes).toHaveLength(1);
  expect((await office.request('PATCH', path, { body: { clientState: 'new' } })).status).toBe(400);
  const long = await office.request('PATCH', path, { body: { expirationDateTime: minutesFromNow(10_100) } });
  expect(errorOf(long).message).toContain('10080 minutes');
});

test('what is deleted or unknown is not found', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const path = `/v1.0/subscriptions/${await watch(office, receiver, MESSAGES)}`;
  expect((await office.request('GET', path)).body['resource']).toBe(MESSAGES);
  expect((await office.request('POST', `${path}/reauthorize`)).status).toBe(204);
  expect((await office.request('DELETE', path)).status).toBe(204);
  const gone = { status: 404, code: 'ResourceNotFound', message: 'The object was not found.' };
  for (const [method, at] of [
    ['GET', path],
    ['DELETE', path],
    ['POST', `${path}/reauthorize`],
  ] as const)
    expect(errorOf(await office.request(method, at))).toEqual(gone);
  const body = { expirationDateTime: minutesFromNow(60) };
  expect(errorOf(await office.request('PATCH', path, { body }))).toEqual(gone);
});

test('an expired subscription vanishes, and its place is free again', async () => {
  let skewMs = 0;
  const [office, receiver] = [await openOffice({ now: () => Date.now() + skewMs }), await openReceiver()];
  const id = await watch(office, receiver, MESSAGES, { changes: { expirationDateTime: minutesFromNow(45) } });
  skewMs = 46 * MINUTE_MS;
  expect((await office.request('GET', `/v1.0/subscriptions/${id}`)).status).toBe(404);
  expect((await office.request('GET', '/v1.0/subscriptions')).body['value']).toEqual([]);
  expect(office.simulator.makeChanges(1, { kind: 'mail', user: INGRID.id })?.[0]?.notified).toEqual([]);
  await office.simulator.tick();
  expect(office.simulator.state().subscriptions).toEqual([]);
});

test('subscriptions outlive a restart, with the URLs and the state they were made with', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const id = await watch(office, receiver, MESSAGES, { changes: { clientState: 'kept' } });
  const again = await office.reopen();
  again.simulator.makeChanges(1, { kind: 'mail', user: INGRID.id });
  await again.simulator.settled();
  expect(receiver.accepted()).toMatchObject([{ subscriptionId: id, clientState: 'kept' }]);
});

test('a mailbox that is forbidden cannot be watched', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  office.simulator.faults.set({ forbidUsers: [INGRID.id] });
  const answer = await office.request('POST', '/v1.0/subscriptions', { body: askFor(receiver, MESSAGES) });
  expect(errorOf(answer)).toMatchObject({ status: 403, code: 'ErrorAccessDenied' });
});
