import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli, userOf } from './run-cli.ts';
import { aSubscription, KEY } from './samples.ts';
import { startSmallHub, type SmallHub } from './small-hub.ts';

let hub: SmallHub;
beforeEach(async () => {
  hub = await startSmallHub();
});
afterEach(() => hub.close());

const cli = (...args: string[]) => runCli(['subscriptions', ...args], userOf(hub));

describe('subscriptions create', () => {
  it('prints key, status and expiry', async () => {
    const { code, out, err } = await cli(
      'create',
      '--resource',
      'users/a/messages',
      '--change-types',
      'deleted,created',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`${KEY}  active, expires in 6 d 23 h  users/a/messages\n`);
    expect(hub.requests).toMatchObject([
      {
        call: 'POST /subscriptions',
        body: { resource: 'users/a/messages', changeTypes: ['deleted', 'created'] },
      },
    ]);
  });

  it('sends everything that was asked for', async () => {
    await cli(
      'create',
      '--resource',
      'chats/a/messages',
      '--tenant',
      't1',
      '--rich',
      '--fetch',
      'none',
      '--json',
    );
    expect(hub.requests[0]?.body).toEqual({
      resource: 'chats/a/messages',
      tenant: 't1',
      rich: true,
      fetch: 'none',
    });
  });

  it('says that the hub goes on trying while Graph cannot be asked', async () => {
    hub.next = { status: 202 };
    const { code, out, err } = await cli('create', '--resource', 'users/a/messages');
    expect(code).toBe(0);
    expect(out).toBe(`${KEY}  creating  users/a/messages\n`);
    expect(err).toBe(
      'Graph could not be reached.\n' +
        `It is kept, and the hub goes on trying until Graph accepts it. How it stands: heliograph subscriptions show ${KEY}\n`,
    );
  });

  it("fails with Graph's words and the remedy when Graph refuses", async () => {
    const problem = {
      detail: 'Insufficient privileges to complete the operation.',
      remedy: 'Grant admin consent.',
    };
    hub.next = { status: 422, problem };
    expect(await cli('create', '--resource', 'users/a/messages')).toEqual({
      code: 1,
      out: '',
      err: 'error: Insufficient privileges to complete the operation.\nGrant admin consent.\n',
    });
  });

  it('names the subscription that watches the same', async () => {
    hub.next = {
      status: 409,
      problem: { detail: `Subscription ${KEY} watches the same already.`, key: KEY },
    };
    const { code, err } = await cli('create', '--resource', 'users/a/messages');
    expect(code).toBe(1);
    expect(err).toBe(
      `error: Subscription ${KEY} watches the same already.\nTo see it: heliograph subscriptions show ${KEY}\n`,
    );
  });

  it('calls what the hub does not take as it was typed, and takes it for wrong usage', async () => {
    const resource = { path: '/resource', message: 'is not a resource' };
    const changeTypes = { path: '/changeTypes/0', message: 'cannot be created' };
    const detail = 'The request is not valid: resource is not a resource.';
    const help = 'What it takes: heliograph subscriptions create --help\n';
    const args = ['create', '--resource', 'a', '--change-types', 'created'];
    hub.next = { status: 400, problem: { detail, errors: [resource] } };
    expect(await cli(...args)).toEqual({
      code: 2,
      out: '',
      err: `error: --resource is not a resource.\n${help}`,
    });
    hub.next = { status: 400, problem: { detail, errors: [resource, changeTypes] } };
    expect((await cli(...args)).err).toBe(
      `error: The hub does not take these values.\n  --resource is not a resource.\n  --change-types cannot be created.\n${help}`,
    );
  });

  it('does not offer what is refused today, and passes it on from whoever asks for it', async () => {
    const { out } = await cli('create', '--help');
    expect(out).not.toMatch(/--rich|delta/);
    expect(out).toMatch(/--fetch <how>[^-]*choices: "get", "none"/);
    await cli('create', '--resource', 'a', '--rich', '--fetch', 'delta');
    expect(hub.requests[0]?.body).toEqual({ resource: 'a', rich: true, fetch: 'delta' });
  });
});

describe('subscriptions list', () => {
  it('says what to do where nothing is watched', async () => {
    expect((await cli('list')).out).toMatch(/heliograph subscriptions create --resource/);
  });

  it('shows them in a table, with what is wrong under it', async () => {
    const reason = {
      code: 'consent_missing',
      message: 'Consent is missing.',
      remedy: 'Grant it.',
      since: '2026-01-31T08:00:00Z',
    };
    const resource = `users/${'a'.repeat(200)}/messages`;
    hub.subscriptions.push(
      aSubscription({ resource }),
      aSubscription({
        key: 'z'.repeat(40),
        status: 'failing',
        reason,
        expiresAt: null,
        lastNotificationAt: null,
      }),
    );
    const { code, out } = await cli('list');
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^KEY +STATUS +EXPIRES +NOTIFIED +RESOURCE$/);
    expect(lines[1]).toMatch(new RegExp(`^${KEY} +active +in 6 d 23 h +12 s ago +${resource}$`));
    expect(lines[2]).toMatch(/^z{40} +failing +- +- +users/);
    expect(out).toContain(`${'z'.repeat(40)} is failing: Consent is missing.\n`);
    expect(out).not.toContain('\u001b');
  });

  it('has colours on a terminal, and none where they are not wanted', async () => {
    hub.subscriptions.push(aSubscription({ resource: `users/${'a'.repeat(200)}/messages` }));
    let out = '';
    const stdout = { write: (text: string) => (out += text), isTTY: true, columns: 80 };
    await runCli(['subscriptions', 'list'], { ...userOf(hub), stdout });
    expect(out).toContain('\u001b[32mactive');
    out = '';
    await runCli(['subscriptions', 'list'], { stdout, env: { ...userOf(hub).env, NO_COLOR: '1' } });
    expect(out).not.toContain('\u001b');
    expect(out).toMatch(/ users\/a+…a+\/messages$/m);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('shows nothing that a terminal would obey', async () => {
    hub.subscriptions.push(aSubscription({ resource: 'users/\u001b[2J\u009b31m\u202e\n/messages' }));
    const { out } = await cli('list');
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(out).not.toMatch(/[\u001b\u009b\u202e]/);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
  });

  it('pages, and prints the answer as it is for programs', async () => {
    hub.subscriptions.push(aSubscription(), aSubscription({ key: 'b'.repeat(20) }));
    const { out, err } = await cli('list', '--limit', '1');
    expect(out).not.toContain('bbbb');
    expect(err).toBe(`There are more: heliograph subscriptions list --after ${KEY}\n`);
    const { out: json } = await cli('list', '--limit', '1', '--after', 'a'.repeat(16), '--json');
    expect(JSON.parse(json)).toEqual({ items: [aSubscription()], next: KEY });
    expect(hub.requests.at(-1)?.call).toBe(`GET /subscriptions?limit=1&after=${'a'.repeat(16)}`);
  });
});

describe('subscriptions show', () => {
  it('shows everything about one', async () => {
    hub.subscriptions.push(aSubscription());
    const { out } = await cli('show', KEY);
    expect(out).toMatch(/^status +active$/m);
    expect(out).toMatch(/^expires +2026-02-07T08:00:00.000Z \(in 6 d 23 h\)$/m);
  });

  it('fails for one that is not there', async () => {
    expect(await cli('show', KEY)).toMatchObject({
      code: 1,
      err: 'error: There is no subscription with this key.\nTo see what is watched: heliograph subscriptions list\n',
    });
  });
});

describe('subscriptions renew', () => {
  it('renews one', async () => {
    expect(await cli('renew', KEY)).toEqual({
      code: 0,
      out: `${KEY}  active, expires in 6 d 23 h\n`,
      err: '',
    });
    expect(hub.requests[0]?.call).toBe(`POST /subscriptions/${KEY}/renew`);
  });

  it('fails when it is failing afterwards, with the reason', async () => {
    hub.next = { status: 200, renewed: 'failing' };
    const { code, err } = await cli('renew', KEY);
    expect(code).toBe(1);
    expect(err).toMatch(/is failing: Graph could not be reached\.\n\s+Check the network\./);
  });

  it('renews all that are due, and fails when any is failing', async () => {
    expect(await cli('renew', '--due')).toEqual({ code: 0, out: 'Nothing was due.\n', err: '' });
    hub.subscriptions.push(aSubscription());
    expect((await cli('renew', '--due')).code).toBe(0);
    hub.subscriptions.push(aSubscription({ key: 'f'.repeat(20), status: 'failing' }));
    const { code, out, err } = await cli('renew', '--due');
    expect(code).toBe(1);
    expect(out).toMatch(/f{20} +failing/);
    expect(err).toMatch(/1 of 2 could not be renewed.*show f{20}/);
    expect(await cli('renew', '--due', '--json')).toMatchObject({
      code: 1,
      out: expect.stringContaining('"renewed"'),
    });
  });
});

describe('subscriptions delete', () => {
  it('says whether it is deleted or being deleted', async () => {
    expect(await cli('delete', KEY)).toEqual({ code: 0, out: `${KEY} is deleted.\n`, err: '' });
    expect((await cli('delete', KEY, '--json')).out).toBe('null\n');
    hub.next = { status: 202 };
    expect((await cli('delete', KEY)).out).toMatch(/is being deleted.*goes on trying/);
  });
});
