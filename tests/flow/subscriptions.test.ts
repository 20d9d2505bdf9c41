import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Subscription } from '../../src/http/schemas/subscriptions.ts';
import { PEOPLE } from '../../src/local/graph-simulator/people.ts';
import { until } from '../support/until.ts';
import { describeBackends, eventOf, startOfficeHub, type Backend, type OfficeHub } from './office-hub.ts';

const [INGRID, , PRIYA, OWEN] = PEOPLE as unknown as {
  id: string;
  userPrincipalName: string;
}[];

describeBackends((backend) => {
  let behind: Backend;
  let hub: OfficeHub;
  beforeAll(async () => {
    behind = await backend();
    hub = await startOfficeHub(behind.settings);
  });
  afterAll(async () => {
    await hub.dispose();
    await behind.drop();
  });

  /** Creates one by the command line, which has to succeed. */
  async function create(resource: string): Promise<Subscription> {
    const { code, out, err } = await hub.cli('subscriptions', 'create', '--resource', resource, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as Subscription;
  }
  async function find(key: string): Promise<Subscription> {
    const { status, body } = await hub.ask('GET', `/subscriptions/${key}`);
    expect(status).toBe(200);
    return body as Subscription;
  }
  /** As the simulator has it. */
  async function atGraph(graphId: string | null) {
    return (await hub.office.subscriptions()).find(({ id }) => id === graphId);
  }
  async function firstMailbox(): Promise<Subscription> {
    const watched = await hub.subscriptions();
    const found = watched.find(({ resource }) => resource === `users/${INGRID?.id}/messages`);
    if (found === undefined) throw new Error('the first mailbox is not watched');
    return found;
  }
  async function gapsOf(key: string) {
    const events = await hub.readEvents();
    return events.filter(({ type, subscriptionkey }) => type === 'heliograph.gap' && subscriptionkey === key);
  }

  test('one is created by a principal name, shown, renewed and deleted', async () => {
    const made = await create(`users/${PRIYA?.userPrincipalName}/contacts`);
    expect(made).toMatchObject({ status: 'active', resource: `users/${PRIYA?.id}/contacts`, fetch: 'get' });
    const before = await atGraph(made.graphId);
    expect(before).toMatchObject({
      notificationUrl: `${hub.url}/graph/notifications`,
      lifecycleNotificationUrl: `${hub.url}/graph/lifecycle`,
    });
    const shown = await hub.cli('subscriptions', 'show', made.key);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toMatch(new RegExp(`status +active[^]*id at Graph +${made.graphId}`));

    expect(await hub.cli('subscriptions', 'renew', made.key)).toMatchObject({ code: 0, err: '' });
    const after = await atGraph(made.graphId);
    expect(Date.parse(after?.expiresAt ?? '')).toBeGreaterThan(Date.parse(before?.expiresAt ?? ''));
    expect(await hub.cli('subscriptions', 'renew', '--due')).toEqual({
      code: 0,
      out: 'Nothing was due.\n',
      err: '',
    });

    expect(await hub.cli('subscriptions', 'delete', made.key)).toMatchObject({
      code: 0,
      out: `${made.key} is deleted.\n`,
    });
    expect(await atGraph(made.graphId)).toBeUndefined();
    const gone = await hub.cli('subscriptions', 'show', made.key);
    expect(gone).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('There is no subscription'),
    });
  });

  test('a second one for the same is refused with the key of the first', async () => {
    const { key, resource } = await firstMailbox();
    const { code, out, err } = await hub.cli('subscriptions', 'create', '--resource', resource);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`heliograph subscriptions show ${key}`);
    expect((await hub.ask('POST', '/subscriptions', { resource })).status).toBe(409);
  });

  test("one that Graph refuses is not kept, and Graph's words come with a remedy", async () => {
    const resource = `users/${OWEN?.id}/messages`;
    await hub.office.fault({ forbidUsers: [OWEN?.id ?? ''] });
    const { code, out, err } = await hub.cli('subscriptions', 'create', '--resource', resource);
    const { status, body } = await hub.ask('POST', '/subscriptions', { resource });
    await hub.office.noFaults();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/Access is denied[^]*consent/);
    expect({ status, body }).toMatchObject({
      status: 422,
      body: {
        code: 'refused_by_graph',
        graphCode: 'consent_missing',
        remedy: expect.stringContaining('Mail.Read'),
      },
    });
    expect((await hub.subscriptions()).filter((each) => each.resource === resource)).toEqual([]);
  });

  test('what cannot be watched is refused before Graph is asked', async () => {
    const { code, err } = await hub.cli('subscriptions', 'create', '--resource', 'me/messages');
    expect(code).toBe(2);
    expect(err).toMatch(/^error: --resource .*an app has no me/);
  });

  test('reauthorizationRequired is answered by a PATCH', async () => {
    const { key, graphId } = await firstMailbox();
    const before = await atGraph(graphId);
    if (before === undefined) throw new Error('Graph does not have the first mailbox');
    await hub.office.lifecycle(before.id, 'reauthorizationRequired');
    const after = await until(async () => {
      const now = await atGraph(graphId);
      return now !== undefined && Date.parse(now.expiresAt) > Date.parse(before.expiresAt) ? now : null;
    });
    expect(after.id).toBe(before.id);
    expect(await find(key)).toMatchObject({ status: 'active', reason: null, graphId });
  });

  test('one that Graph lost is created anew when it is renewed, and the gap is on the record', async () => {
    const { key, graphId } = await firstMailbox();
    await hub.office.lose(graphId ?? '');
    expect(await hub.cli('subscriptions', 'renew', key)).toMatchObject({ code: 0, err: '' });
    const after = await find(key);
    expect(after.status).toBe('active');
    expect(after.graphId).not.toBe(graphId);
    expect(await atGraph(after.graphId)).toBeDefined();
    expect(await gapsOf(key)).toMatchObject([
      { origin: 'catch-up', data: { cause: 'subscription_removed' }, subject: after.resource },
    ]);
    await eventOf(hub, await hub.office.change({ kind: 'mail', user: INGRID?.id ?? '' }));
  });

  test('one that Graph says it removed is created anew at once', async () => {
    const { key, graphId } = await firstMailbox();
    const gaps = (await gapsOf(key)).length;
    await hub.office.lifecycle(graphId ?? '', 'subscriptionRemoved');
    await until(async () => {
      const now = await find(key);
      return now.status === 'active' && now.graphId !== graphId;
    });
    expect(await gapsOf(key)).toHaveLength(gaps + 1);
    await eventOf(hub, await hub.office.change({ kind: 'mail', user: INGRID?.id ?? '' }));
  });

  test('while Graph throttles, events wait as long as it says and then come whole', async () => {
    await hub.office.fault({ throttle: { requests: 1, retryAfterSeconds: 2 } });
    const change = await hub.office.change({
      kind: 'mail',
      user: INGRID?.id ?? '',
      subject: 'Late but whole',
    });
    const event = await eventOf(hub, change, 20_000);
    expect(event.data).toMatchObject({ resource: { subject: 'Late but whole' } });
    const { body } = await hub.ask('GET', `/events/${event.sequence}/deliveries`);
    const { journey } = body as { journey: { acceptedAt: string; appendedAt: string } };
    expect(Date.parse(journey.appendedAt) - Date.parse(journey.acceptedAt)).toBeGreaterThanOrEqual(2_000);
  });
});
