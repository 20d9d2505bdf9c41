import { ClientSecretCredential } from '@azure/identity';
import { expect, test } from 'vitest';
import { LOCAL_CLIENT_ID } from '../../../src/local/graph-simulator/local-identity.ts';
import {
  ADMIN_KEY,
  CLIENT_SECRET,
  errorOf,
  openOffice,
  TENANT,
  type OfficeUnderTest,
} from './office-under-test.ts';
import { openReceiver } from './receiver.ts';
import { INGRID, watch } from './watching.ts';

const SCOPE = 'https://graph.microsoft.com/.default';

function signIn(office: OfficeUnderTest, form: Record<string, string>, tenant = TENANT): Promise<Response> {
  const whole = {
    grant_type: 'client_credentials',
    client_id: LOCAL_CLIENT_ID,
    client_secret: CLIENT_SECRET,
    scope: SCOPE,
    ...form,
  };
  const url = `${office.simulator.authorityUrl}/${tenant}/oauth2/v2.0/token`;
  return fetch(url, { method: 'POST', body: new URLSearchParams(whole) });
}

test.each([
  ['secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7_000_215],
  ['client', { client_id: TENANT }, 400, 'unauthorized_client', 700_016],
  ['scope', { scope: 'Mail.Read' }, 400, 'invalid_scope', 70_011],
  ['grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70_003],
  ['certificate', { client_assertion: 'e30.e30.e30' }, 401, 'invalid_client', 700_027],
])(
  'the token endpoint refuses a wrong %s in the words of Entra',
  async (_what, form, status, error, code) => {
    const answer = await signIn(await openOffice(), form);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      error,
      error_codes: [code],
      error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: .+\r\nTrace ID: `)) as string,
    });
  },
);

test('another tenant is unknown, at both endpoints', async () => {
  const office = await openOffice();
  const other = '00000000-0000-4000-8000-000000000000';
  const metadata = await fetch(
    `${office.simulator.authorityUrl}/${other}/v2.0/.well-known/openid-configuration`,
  );
  for (const answer of [await signIn(office, {}, other), metadata])
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([
      400,
      'invalid_tenant',
    ]);
});

test("Microsoft's credential signs in, and its token opens Graph until it expires", async () => {
  let skewMs = 0;
  const office = await openOffice({ now: () => Date.now() + skewMs });
  const { token } = await office.credential.getToken(SCOPE);
  const get = () =>
    office.request('GET', `/v1.0/users/${INGRID.id}`, {
      authorized: false,
      headers: { authorization: `Bearer ${token}` },
    });
  expect((await get()).status).toBe(200);
  skewMs = 3_601_000;
  expect(errorOf(await get())).toEqual({
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Lifetime validation failed, the token is expired.',
  });
});

test('without a token of its own, Graph answers 401', async () => {
  const office = await openOffice();
  const { token } = await office.credential.getToken(SCOPE);
  for (const authorization of ['', 'Basic YTpi', 'Bearer x', 'Bearer a.b.c', `Bearer ${token.slice(0, -2)}`])
    for (const [method, path] of [
      ['GET', '/v1.0/users'],
      ['POST', '/v1.0/$batch'],
      ['POST', '/v1.0/subscriptions'],
    ] as const)
      expect(
        errorOf(await office.request(method, path, { authorized: false, headers: { authorization } })),
      ).toMatchObject({
        status: 401,
        code: 'InvalidAuthenticationToken',
      });
});

test('a token outlives a restart, and not a change of the secret', async () => {
  const office = await openOffice();
  const { token } = await office.credential.getToken(SCOPE);
  const headers = { authorization: `Bearer ${token}` };
  const again = await office.reopen();
  expect((await again.request('GET', '/v1.0/users', { authorized: false, headers })).status).toBe(200);
  const changed = await again.reopen({ clientSecret: 'another' });
  expect((await changed.request('GET', '/v1.0/users', { authorized: false, headers })).status).toBe(401);
});

test('an authority that is down hands out nothing', async () => {
  const office = await openOffice();
  office.simulator.faults.set({ entraDown: {} });
  const credential = new ClientSecretCredential(TENANT, LOCAL_CLIENT_ID, CLIENT_SECRET, {
    authorityHost: office.simulator.authorityUrl,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
  });
  await expect(credential.getToken(SCOPE)).rejects.toThrow('endpoints_resolution_error');
  office.simulator.faults.clear();
  await expect(credential.getToken(SCOPE)).resolves.toMatchObject({ token: expect.any(String) as string });
});

test.each([
  ['GET', '/control/state'],
  ['POST', '/control/changes'],
  ['POST', '/control/lifecycle'],
  ['POST', '/control/faults'],
  ['DELETE', '/control/faults'],
  ['POST', '/control/pace'],
  ['DELETE', '/control/subscriptions/x'],
])('%s %s needs the admin key', async (method, path) => {
  const office = await openOffice();
  const { token } = await office.credential.getToken(SCOPE);
  for (const headers of [{}, { authorization: `Bearer ${token}` }, { authorization: 'Bearer ' }] as Record<
    string,
    string
  >[])
    expect((await office.request(method, path, { authorized: false, headers })).status).toBe(401);
});

/** A request of the control API with the key. */
function control(office: OfficeUnderTest, method: string, path: string, body?: unknown) {
  return office.request(method, `/control${path}`, {
    authorized: false,
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
    ...(body !== undefined && { body }),
  });
}

test('changes on demand are answered with who was told of them', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const id = await watch(office, receiver, `users/${INGRID.id}/messages`);
  const ask = { count: 2, kind: 'mail', user: INGRID.userPrincipalName, subject: 'On demand' };
  const { status, body } = await control(office, 'POST', '/changes', ask);
  expect(status).toBe(200);
  const changes = body['changes'] as { notified: { resource: string }[] }[];
  expect(changes).toMatchObject(
    [1, 2].map(() => ({ subject: 'On demand', userId: INGRID.id, notified: [{ subscriptionId: id }] })),
  );
  await office.simulator.settled();
  expect(receiver.accepted().map((item) => item.resource)).toEqual(
    changes.map(({ notified }) => notified[0]?.resource),
  );
});

test('the state shows who is there and who watches, and no secret', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const id = await watch(office, receiver, `users/${INGRID.id}/messages`, {
    changes: { clientState: 'hush' },
  });
  const { body } = await control(office, 'GET', '/state');
  expect(body).toMatchObject({
    tenantId: TENANT,
    clientId: LOCAL_CLIENT_ID,
    seed: 1,
    subscriptions: [{ id }],
  });
  expect(body['users']).toHaveLength(12);
  for (const secret of ['hush', CLIENT_SECRET, ADMIN_KEY]) expect(JSON.stringify(body)).not.toContain(secret);
});

test('faults come and go over the control API', async () => {
  const office = await openOffice();
  const path = `/v1.0/users/${INGRID.id}`;
  const status = async () => (await office.request('GET', path)).status;
  await office.credential.getToken(SCOPE);
  await control(office, 'POST', '/faults', { down: { requests: 1, status: 504, retryAfterSeconds: 3 } });
  const down = await office.request('GET', path);
  expect([down.status, down.headers.get('retry-after')]).toEqual([504, '3']);
  expect(await status()).toBe(200);
  await control(office, 'POST', '/faults', { forbidUsers: [INGRID.id], throttle: { forMs: 0 } });
  expect(await status()).toBe(403);
  await control(office, 'POST', '/faults', { throttle: { requests: 1 }, forbidUsers: null });
  expect([await status(), await status()]).toEqual([429, 200]);
  await control(office, 'POST', '/faults', { down: {} });
  expect([await status(), await status()]).toEqual([503, 503]);
  expect((await control(office, 'DELETE', '/faults')).status).toBe(204);
  await control(office, 'POST', '/faults', { latencyMs: 60 });
  const startedMs = performance.now();
  expect(await status()).toBe(200);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(55);
});

test.each([
  '{ "__proto__": {} }',
  '{ "constructor": 1 }',
  '{ "throttle": { "__proto__": 1 } }',
  '{ "throttle": { "toString": 1 } }',
])('a fault that is none is refused by name: %s', async (body) => {
  const office = await openOffice();
  expect((await control(office, 'POST', '/faults', JSON.parse(body))).status).toBe(400);
});

test('pace, lifecycle events and lost subscriptions go over the control API too', async () => {
  const [office, receiver] = [await openOffice(), await openReceiver()];
  const id = await watch(office, receiver, `users/${INGRID.id}/messages`);
  expect((await control(office, 'POST', '/pace', { changesPerSecond: 0.5 })).body).toEqual({
    changesPerSecond: 0.5,
  });
  expect(office.simulator.state().changesPerSecond).toBe(0.5);
  expect(
    (await control(office, 'POST', '/lifecycle', { subscriptionId: id, lifecycleEvent: 'missed' })).status,
  ).toBe(202);
  expect((await control(office, 'DELETE', `/subscriptions/${id}`)).status).toBe(204);
  expect((await control(office, 'DELETE', `/subscriptions/${id}`)).status).toBe(404);
  expect(
    (await control(office, 'POST', '/lifecycle', { subscriptionId: id, lifecycleEvent: 'missed' })).status,
  ).toBe(404);
});

test.each([
  ['/changes', 'not json'],
  ['/changes', []],
  ['/changes', { count: 0 }],
  ['/changes', { count: 10_001 }],
  ['/changes', { kind: 'party' }],
  ['/changes', { user: 7 }],
  ['/changes', { subject: 7 }],
  ['/lifecycle', { subscriptionId: 'x', lifecycleEvent: 'renamed' }],
  ['/faults', { flood: true }],
  ['/faults', { throttle: { requests: -1 } }],
  ['/faults', { throttle: { every: 2 } }],
  ['/faults', { down: { status: 404 } }],
  ['/faults', { forbidUsers: 'all' }],
  ['/pace', { changesPerSecond: -1 }],
  ['/pace', {}],
])('POST /control%s with %j is a 400 that says why', async (path, body) => {
  const answer = await control(await openOffice(), 'POST', path, body);
  expect(answer.status).toBe(400);
  expect(answer.body['message']).toEqual(expect.any(String));
});

test('changes of a user who is not there are a 404', async () => {
  expect((await control(await openOffice(), 'POST', '/changes', { user: 'nobody' })).status).toBe(404);
});
