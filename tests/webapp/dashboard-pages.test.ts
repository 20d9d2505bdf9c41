import { describe, expect, test } from 'vitest';
import { dashboards } from './dashboards.ts';
import { connection, isDisabled } from './open-dashboard.ts';

const open = dashboards();

describe('signing in', () => {
  test('by the link of the banner works once and leaves no trace in the address', async () => {
    const { page, hub } = await open({ events: 1, path: '/#sign-in=one-time-code' });
    await page.getByRole('navigation').waitFor();
    expect(page.url()).toBe(`${hub.url}/`);
    await page.getByRole('button', { name: /^Sign out/ }).click();
    await page.getByText('You are signed out').waitFor();
    await page.goto(`${hub.url}/#sign-in=one-time-code`);
    await page.getByText('has been used already').waitFor();
    expect(page.url()).toBe(`${hub.url}/`);
  });

  test('by key refuses a wrong one in words', async () => {
    const { page, hub, signIn } = await open();
    await page.getByLabel('API key').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('No key of this hub is like that').waitFor();
    await signIn();
    await connection(page, 'Live');
    expect(hub.requests.filter((request) => request === 'POST /api/v1/session')).toHaveLength(2);
  });

  test('again, after the session ended, leads back to where one was', async () => {
    const { page, hub, signIn } = await open({ events: 3, path: '/events/2' });
    await signIn();
    await page.getByRole('heading', { name: 'Journey' }).waitFor();
    hub.endSessions();
    await page.getByRole('button', { name: 'The event after' }).click();
    await page.getByText('Your session has ended').waitFor();
    await signIn();
    await page.getByText('· 3', { exact: true }).waitFor();
    expect(page.url()).toBe(`${hub.url}/events/3`);
  });
});

describe('an event', () => {
  test('is reached by keys alone, and shows its journey, attributes and data', async () => {
    const { page, hub, signIn } = await open({ events: 8 });
    await signIn();
    await page.locator('a[data-sequence="8"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Journey' }).waitFor();
    expect(page.url()).toBe(`${hub.url}/events/6`);
    await page.getByText('+6 ms').waitFor();
    await page.getByText(hub.log[5]?.subject ?? 'no subject', { exact: true }).waitFor();
    await page.getByLabel("The event's data as JSON").getByText('"subject"').waitFor();
    await page.getByRole('link', { name: 'All events' }).click();
    await page.locator('a[data-sequence="8"]').waitFor();
  });

  test('leads to its neighbours by keys, as far as there are any, and the focus stays', async () => {
    const { page, hub, signIn } = await open({ events: 3, path: '/events/2' });
    await signIn();
    const before = page.getByRole('button', { name: 'The event before' });
    const after = page.getByRole('button', { name: 'The event after' });
    await page.getByText('· 2', { exact: true }).waitFor();
    await after.focus();
    await page.keyboard.press('Enter');
    await page.getByText('· 3', { exact: true }).waitFor();
    await expect.poll(() => isDisabled(after)).toBe(true);
    expect(await isDisabled(before)).toBe(false);
    await page.keyboard.press('Enter');
    expect(page.url()).toBe(`${hub.url}/events/3`);
    await hub.append(1);
    await expect.poll(() => isDisabled(after)).toBe(false);
    await page.keyboard.press('Enter');
    await page.getByText('· 4', { exact: true }).waitFor();
  });

  test('names its subscription, which is shown on asking', async () => {
    const { page, hub, signIn } = await open({ events: 3, path: '/events/2' });
    await signIn();
    const key = hub.log[1]?.subscriptionkey ?? 'no key';
    await page.getByRole('link', { name: key }).click();
    expect(page.url()).toBe(`${hub.url}/subscriptions/${key}`);
    const shown = page.locator('tr[aria-current]');
    await shown.waitFor();
    expect(await shown.innerText()).toContain(key);
    hub.subscriptions = hub.subscriptions.filter((each) => each.key !== key);
    await page.getByText(`There is no subscription ${key} any more`).waitFor();
  });

  test('that does not exist says so', async () => {
    const { page, signIn } = await open({ events: 1, path: '/events/77' });
    await signIn();
    expect(await page.getByRole('alert').innerText()).toContain('There is no event of this sequence');
    for (const name of ['The event before', 'The event after'])
      expect(await isDisabled(page.getByRole('button', { name }))).toBe(true);
  });

  test('that could not be read while the hub was gone is shown when it is back', async () => {
    const { page, hub, signIn } = await open({ events: 2, path: '/events/1' });
    await signIn();
    await page.getByText('· 1', { exact: true }).waitFor();
    await hub.stop();
    await page.getByRole('button', { name: 'The event after' }).click();
    await page.getByText('The hub does not answer').first().waitFor();
    await hub.startAgain();
    await page.getByText('· 2', { exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

test('the filter narrows the list to what matches', async () => {
  const { page, hub, signIn } = await open({ events: 60 });
  hub.forgottenTo = 3;
  await signIn();
  await page.getByPlaceholder('Filter by type').fill('chatmessage okafor');
  await page.getByText('of 57').waitFor();
  const lines = await page.locator('[role=row]:has(a[data-sequence])').allInnerTexts();
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toMatch(/ChatMessage[^]*Okafor/);
  await page.locator('a[data-sequence]').first().click();
  await page.getByRole('heading', { name: 'Journey' }).waitFor();
  await page.goBack();
  expect(await page.getByPlaceholder('Filter by type').inputValue()).toBe('chatmessage okafor');
  await page.reload();
  await page.getByText('of 57').waitFor();
  expect(new URL(page.url()).search).toBe('?filter=chatmessage+okafor');
  await page.getByPlaceholder('Filter by type').fill('no such thing');
  await page.getByText('No event matches').waitFor();
  expect(await page.getByRole('columnheader').allInnerTexts()).toEqual([
    'Time',
    'Type',
    'About',
    'Subject',
    'Origin',
    'Sequence',
  ]);
  await page.getByRole('button', { name: 'Look through older events' }).click();
  await page.getByText('That is every event that is kept').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await page.locator('a[data-sequence="60"]').waitFor();
});

describe('subscriptions', () => {
  test('tell their state, why one fails and what to do about it', async () => {
    const { page, hub, signIn } = await open({ path: '/subscriptions' });
    await signIn();
    const failing = page.getByRole('row').filter({ hasText: 'failing' });
    await failing.waitFor();
    await page.getByText('Grant the application permission Mail.Read').waitFor();
    await failing.getByRole('button', { name: /^Renew/ }).click();
    await page.getByText('is renewed and expires in').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('is renewed and expires in').waitFor({ state: 'detached' });
    await failing.waitFor({ state: 'detached' });
    expect(hub.subscriptions.map(({ status }) => status)).not.toContain('failing');
  });

  test("are created, and Graph's refusal is shown with its remedy and the command that does the same", async () => {
    const { page, hub, signIn } = await open({ path: '/subscriptions' });
    await signIn();
    await page.getByRole('button', { name: 'Create' }).click();
    const dialog = page.getByRole('dialog');
    const resource = dialog.getByRole('textbox', { name: 'Resource' });
    await resource.fill('users/forbidden@contoso.com/messages');
    await dialog.getByLabel('created').check();
    await dialog
      .getByText('--resource users/forbidden@contoso.com/messages --change-types created')
      .waitFor();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('Graph refused it').waitFor();
    await dialog.getByText('consent to it').waitFor();
    await resource.fill('users/ravi@contoso.com/events');
    await dialog.getByText('Graph refused it').waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Graph accepted the subscription').waitFor();
    await page.getByRole('rowheader').filter({ hasText: 'users/ravi@contoso.com/events' }).waitFor();
    expect(hub.subscriptions.at(-1)).toMatchObject({ changeTypes: ['created'], fetch: 'get' });
  });

  test('are deleted only after asking, and without any there is a word on what to do', async () => {
    const { page, hub, signIn } = await open({
      path: '/subscriptions',
      prepare: (hub) => (hub.subscriptions = hub.subscriptions.slice(0, 1)),
    });
    await signIn();
    await page.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(hub.subscriptions).toHaveLength(1);
    await page.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Nothing is watched yet').waitFor();
    await page.getByRole('button', { name: 'Create the first one' }).waitFor();
    expect(hub.subscriptions).toEqual([]);
  });
});

test('what was set aside is shown when there is any, with its reason, and can be run again', async () => {
  const { page, hub, signIn } = await open({
    prepare: (hub) =>
      hub.setAside.push({
        id: 7,
        code: 'unknown_subscription',
        message: 'No subscription has this id.',
        subscription: null,
        resource: 'users/a/messages/b',
        acceptedAt: new Date().toISOString(),
        setAsideAt: new Date().toISOString(),
      }),
  });
  await signIn();
  await page.getByRole('link', { name: /^Set aside/ }).click();
  await page.getByText('No subscription has this id.').waitFor();
  await page.getByRole('button', { name: 'Run again' }).click();
  await page.getByText('1 put back into the inbox').waitFor();
  await page.getByText('Nothing is set aside').waitFor();
  expect(hub.setAside).toEqual([]);
});

test('the mode and what is simulated are told', async () => {
  const { page, signIn } = await open();
  await signIn();
  await page.getByRole('button', { name: 'Local' }).click();
  expect(await page.getByLabel('About this hub').innerText()).toContain('a simulator with a made-up office');
});
