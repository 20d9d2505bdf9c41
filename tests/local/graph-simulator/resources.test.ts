import { BatchRequestContent, BatchResponseContent, PageIterator } from '@microsoft/microsoft-graph-client';
import { expect, test } from 'vitest';
import { PEOPLE } from '../../../src/local/graph-simulator/people.ts';
import { errorOf, openOffice } from './office-under-test.ts';
import { INGRID, TOBIAS } from './watching.ts';

interface Page {
  value: Record<string, unknown>[];
  '@odata.nextLink'?: string;
}

test('users are found by id and by principal name, with what was selected', async () => {
  const { graph } = await openOffice();
  const byName = (await graph
    .api(`/users/${INGRID.userPrincipalName}`)
    .select('displayName,jobTitle')
    .get()) as object;
  expect(byName).toEqual({
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users/$entity',
    id: INGRID.id,
    displayName: INGRID.displayName,
    jobTitle: INGRID.jobTitle,
  });
  expect(await graph.api(`/users/${INGRID.id}`).get()).toMatchObject({ mail: INGRID.userPrincipalName });
});

test("Microsoft's page iterator walks all users and the mail of one, newest first", async () => {
  const office = await openOffice();
  const { graph, simulator } = office;
  const all: Record<string, unknown>[] = [];
  const first = (await graph.api('/users').top(5).get()) as Page;
  expect(first.value).toHaveLength(5);
  await new PageIterator(graph, first, (user) => all.push(user as Record<string, unknown>) > 0).iterate();
  expect(all.map((user) => user['id'])).toEqual(PEOPLE.map(({ id }) => id));
  simulator.makeChanges(1, { kind: 'mail', user: INGRID.id, subject: 'The newest' });
  const mail = (await graph.api(`/users/${INGRID.id}/messages`).select('subject').top(3).get()) as Page;
  expect(mail.value[0]).toMatchObject({ subject: 'The newest' });
  expect(mail.value).toHaveLength(3);
  expect(Object.keys(mail.value[0] ?? {}).toSorted()).toEqual(['@odata.etag', 'id', 'subject']);
  expect(mail['@odata.nextLink']).toContain('$select=subject');
});

test('a folder lists what lies in it', async () => {
  const { graph, simulator } = await openOffice();
  const [moved] = simulator.makeChanges(1, { kind: 'move', user: INGRID.id }) ?? [];
  const list = async (folder: string) =>
    ((await graph.api(`/users/${INGRID.id}/mailFolders/${folder}/messages`).get()) as Page).value.map(
      (each) => each['id'],
    );
  expect(await list('deleteditems')).toEqual([moved?.id]);
  expect(await list('inbox')).not.toContain(moved?.id);
});

test('a message reads as Graph gives it, by the ids that are preferred', async () => {
  const office = await openOffice();
  const [made] = office.simulator.makeChanges(1, { kind: 'mail', user: INGRID.id, subject: 'Hello' }) ?? [];
  const path = `/v1.0/users/${INGRID.id}/messages/${made?.immutableId}`;
  const preferred = await office.request('GET', path, { headers: { prefer: 'IdType="ImmutableId"' } });
  expect(preferred.headers.get('preference-applied')).toBe('IdType="ImmutableId"');
  expect(preferred.body).toMatchObject({
    '@odata.etag': made?.etag,
    id: made?.immutableId,
    subject: 'Hello',
    isRead: false,
    body: { contentType: 'html' },
    toRecipients: [{ emailAddress: { address: INGRID.userPrincipalName } }],
  });
  const ordinary = await office.request('GET', path);
  expect(ordinary.headers.get('preference-applied')).toBeNull();
  expect(ordinary.body['id']).toBe(made?.id);
});

/** A step of Microsoft's batch: the client takes the host off the URL and nothing else. */
function step(id: string, path: string, headers: Record<string, string> = {}) {
  return { id, request: new Request(`https://graph.microsoft.com/${path}`, { method: 'GET', headers }) };
}

/** A request of a batch as it is sent. */
function ask(id: unknown, url: unknown = '/users', method = 'GET') {
  return { id, url, method };
}

test.each([
  ['users/nobody@marlow-instruments.example', 404, 'Request_ResourceNotFound'],
  ['users/nobody@marlow-instruments.example/messages/x', 404, 'ErrorInvalidUser'],
  [`users/${INGRID.id}/messages/AAMkNotThere=`, 404, 'ErrorItemNotFound'],
  ['planets', 400, 'BadRequest'],
  ['users/%E0%A4%A', 400, 'BadRequest'],
  ["users?$filter=startswith(displayName,'I')", 400, 'BadRequest'],
  [`users/${INGRID.id}/messages?$top=0`, 400, 'BadRequest'],
])('GET %s is refused with %i %s', async (path, status, code) => {
  const office = await openOffice();
  expect(errorOf(await office.request('GET', `/v1.0/${path}`))).toMatchObject({ status, code });
});

test("Microsoft's batch gets an answer for each request, whatever became of the others", async () => {
  const { graph, simulator } = await openOffice();
  simulator.faults.set({ forbidUsers: [TOBIAS.id] });
  const [made] = simulator.makeChanges(1, { kind: 'mail', user: INGRID.id }) ?? [];
  const content = new BatchRequestContent([
    step('good', `users/${INGRID.id}/messages/${made?.id}?$select=subject`, {
      Prefer: 'IdType="ImmutableId"',
    }),
    step('gone', `users/${INGRID.id}/messages/AAMkNotThere=`),
    step('forbidden', `users/${TOBIAS.id}/messages`),
  ]);
  const answer = new BatchResponseContent(
    (await graph.api('/$batch').post(await content.getContent())) as never,
  );
  const [good, gone, forbidden] = ['good', 'gone', 'forbidden'].map((id) => answer.getResponseById(id));
  expect([good?.status, gone?.status, forbidden?.status]).toEqual([200, 404, 403]);
  expect(await good?.json()).toMatchObject({ id: made?.immutableId, subject: made?.subject });
  expect(good?.headers.get('preference-applied')).toBe('IdType="ImmutableId"');
  expect(await forbidden?.json()).toMatchObject({ error: { code: 'ErrorAccessDenied' } });
});

test('a batch that is malformed is refused as a whole, a request that is not simulated by itself', async () => {
  const office = await openOffice();
  const post = (requests: unknown) => office.request('POST', '/v1.0/$batch', { body: { requests } });
  for (const requests of [
    undefined,
    [],
    [ask('1'), ask('1')],
    [ask(1)],
    Array.from({ length: 21 }, (_, at) => ask(String(at))),
  ])
    expect(errorOf(await post(requests))).toMatchObject({ status: 400, code: 'BadRequest' });
  const { body } = await post([
    ask('a', 'https://graph.microsoft.com/v1.0/users'),
    ask('b', '/users', 'PATCH'),
    ask('c', 7),
    ask('d', 'users?$top=1'),
  ]);
  const responses = body['responses'] as { id: string; status: number }[];
  expect(responses.map(({ id, status }) => [id, status])).toEqual([
    ['a', 400],
    ['b', 405],
    ['c', 400],
    ['d', 200],
  ]);
});

test('throttling strikes each request of a batch for itself, with or without a Retry-After', async () => {
  const office = await openOffice();
  const requests = ['1', '2', '3'].map((id) => ({ id, url: `/users/${INGRID.id}`, method: 'GET' }));
  office.simulator.faults.set({ throttle: { requests: 2, retryAfterSeconds: 7 } });
  const { status, body } = await office.request('POST', '/v1.0/$batch', { body: { requests } });
  const responses = body['responses'] as { status: number; headers: Record<string, string> }[];
  expect(status).toBe(200);
  expect(responses.map((each) => [each.status, each.headers['Retry-After']])).toEqual([
    [429, '7'],
    [429, '7'],
    [200, undefined],
  ]);
  office.simulator.faults.set({ throttle: { requests: 1, retryAfterSeconds: null } });
  const throttled = await office.request('GET', `/v1.0/users/${INGRID.id}`);
  expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, null]);
});
