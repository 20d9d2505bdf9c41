import { setInterval as every } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { dashboards } from './dashboards.ts';
import { allSequences, connection, type Dashboard } from './open-dashboard.ts';

const open = dashboards();

async function live(events: number): Promise<Dashboard> {
  const opened = await open({ events });
  await opened.signIn();
  await connection(opened.page, 'Live');
  return opened;
}

function newestFirst(events: number): number[] {
  return Array.from({ length: events }, (_, index) => events - index);
}

test('shows what was there, then what happens, and all of it back to the first event by scrolling', async () => {
  const { hub, page } = await live(450);
  await hub.append(3);
  await page.locator('a[data-sequence="453"]').waitFor();
  await allSequences(page);
  await page.getByText('That is every event that is kept').waitFor();
  expect(await allSequences(page)).toEqual(newestFirst(453));
});

test('keeps up with 50 events a second, none lost and none twice', async () => {
  const { hub, page } = await live(20);
  let sent = 0;
  for await (const _ of every(20)) {
    await hub.append(1);
    if (++sent === 200) break;
  }
  await page.locator('a[data-sequence="220"]').waitFor();
  expect(await allSequences(page)).toEqual(newestFirst(220));
});

test('stands still while paused, counts what comes in, and shows it on resuming', async () => {
  const { hub, page } = await live(10);
  await page.getByRole('button', { name: 'Pause' }).click();
  await hub.append(7);
  await hub.append(5);
  await page.getByText('12 new').waitFor();
  expect(await page.locator('a[data-sequence]').first().getAttribute('data-sequence')).toBe('10');
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.locator('a[data-sequence="22"]').waitFor();
  expect(await allSequences(page)).toEqual(newestFirst(22));
});

test('a dropped socket is recovered, and nothing is read for it', async () => {
  const { hub, page } = await live(5);
  const before = hub.requests.length;
  hub.pubsub().dropSockets();
  await hub.append(4);
  await page.locator('a[data-sequence="9"]').waitFor();
  await hub.append(1);
  await page.locator('a[data-sequence="10"]').waitFor();
  expect(hub.requests.slice(before).filter((request) => request.includes('/api/v1/events'))).toEqual([]);
  expect(await allSequences(page)).toEqual(newestFirst(10));
});

test('what was missed while the socket server was gone appears once, after it is back', async () => {
  const { hub, page } = await live(5);
  await hub.append(2);
  await page.locator('a[data-sequence="7"]').waitFor();
  await hub.stopPubSub();
  await hub.append(1_234, 'unsent');
  await hub.startPubSub();
  await until(() => hub.pubsub().stats().connected > 0, { timeoutMs: 30_000 });
  await hub.append(2);
  await page.locator('a[data-sequence="1243"]').waitFor();
  await connection(page, 'Live');
  expect(hub.requests.filter((request) => request.includes('after=7&'))).toHaveLength(1);
  expect(await allSequences(page)).toEqual(newestFirst(1243));
});

test('asks every 2 seconds where no live connection can be had, says so, and goes live when one can', async () => {
  const { hub, page, signIn } = await open({ events: 3, prepare: (hub) => (hub.grants = false) });
  await signIn();
  await connection(page, 'Polling');
  await hub.append(2, 'unsent');
  await page.locator('a[data-sequence="5"]').waitFor();
  hub.grants = true;
  await connection(page, 'Live');
  await hub.append(1);
  await page.locator('a[data-sequence="6"]').waitFor();
  expect(await allSequences(page)).toEqual(newestFirst(6));
});

test('says from when events are kept, where what was missed has been forgotten', async () => {
  const { hub, page } = await live(5);
  await hub.stopPubSub();
  await hub.append(20, 'unsent');
  hub.forgottenTo = 15;
  await hub.startPubSub();
  await page.getByText('they are kept from number 16').waitFor({ timeout: 30_000 });
  await connection(page, 'Live');
  expect((await allSequences(page)).slice(0, 15)).toEqual([...newestFirst(25).slice(0, 10), 5, 4, 3, 2, 1]);
});

describe('that nothing comes any more is said within about 3 seconds', () => {
  /** With some patience for a busy machine; silence used to be taken for "Live" for 12 s and more. */
  const WITHIN_MS = 6_000;

  test('where the hub has ended, and it is live again when the hub is back', async () => {
    const { hub, page } = await live(5);
    await hub.stop();
    await connection(page, 'Offline', WITHIN_MS);
    await hub.append(2, 'unsent');
    await hub.startAgain();
    await connection(page, 'Live');
    await hub.append(1);
    await page.locator('a[data-sequence="8"]').waitFor();
    expect(await allSequences(page)).toEqual(newestFirst(8));
  });

  test('where the hub answers but the socket does not', async () => {
    const { hub, page } = await live(5);
    await hub.stopPubSub();
    await connection(page, 'Reconnecting', WITHIN_MS);
    await hub.append(1, 'unsent');
    await hub.startPubSub();
    await connection(page, 'Live');
    expect(await allSequences(page)).toEqual(newestFirst(6));
  });

  test('where the socket is up but the hub does not answer', async () => {
    const { hub, page } = await live(5);
    hub.mute = true;
    await connection(page, 'Offline', WITHIN_MS);
    expect(hub.pubsub().stats().connected).toBe(1);
    await hub.append(1);
    await page.locator('a[data-sequence="6"]').waitFor();
    hub.mute = false;
    await connection(page, 'Live');
  });

  test('where the network is gone', async () => {
    const { hub, page, setOffline } = await live(5);
    await setOffline(true);
    await connection(page, 'Offline', WITHIN_MS);
    await setOffline(false);
    await connection(page, 'Live');
    await hub.append(1);
    await page.locator('a[data-sequence="6"]').waitFor();
    expect(await allSequences(page)).toEqual(newestFirst(6));
  });
});
