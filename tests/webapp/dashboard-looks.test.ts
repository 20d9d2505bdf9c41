import { describe, expect, test } from 'vitest';
import { dashboards } from './dashboards.ts';
import { connection } from './open-dashboard.ts';

const open = dashboards();
const NARROW = 400;

describe('a window 400 pixels wide', () => {
  test.each(['/', '/events/3', '/subscriptions', '/set-aside'])('is wide enough for %s', async (path) => {
    const { page, signIn } = await open({ events: 40, path, width: NARROW });
    await signIn();
    await connection(page, 'Live');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate<string[]>(WIDER)).toEqual([]);
  });

  test('always shows the header, whatever is in focus or asked to be seen', async () => {
    const { page, signIn } = await open({ events: 3, path: '/events/2', width: NARROW });
    await signIn();
    await page.getByRole('button', { name: 'Copy the whole event' }).focus();
    await page.getByLabel("The event's data as JSON").scrollIntoViewIfNeeded();
    expect(await page.evaluate<unknown>(SCROLLED)).toEqual(AT_THE_TOP);
    await page.getByRole('link', { name: 'Skip to the content' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate<unknown>(SCROLLED)).toEqual(AT_THE_TOP);
  });

  test('has room for a connection that is being restored to a hub that is not ready', async () => {
    const { page, hub, signIn } = await open({
      width: NARROW,
      prepare: (hub) => (hub.readiness.status = 'not_ready'),
    });
    await signIn();
    await page.getByText('not ready').waitFor();
    const height = async () => (await page.getByRole('banner').boundingBox())?.height;
    await connection(page, 'Live');
    const usual = await height();
    await hub.stopPubSub();
    await connection(page, 'Reconnecting');
    expect(await height()).toBe(usual);
  });

  test('does not break the type of an event within a word', async () => {
    const { page, hub, signIn } = await open({ events: 5, path: '/events/3', width: NARROW });
    await signIn();
    const type = page.getByRole('definition').filter({ hasText: hub.log[2]?.type ?? 'no type' });
    const lines = await type.evaluate((shown) => Math.round(shown.clientHeight / 20));
    expect(lines).toBe(1);
  });
});

test('the lines of the list end where the list does, and stand below the heads of their columns', async () => {
  const { page, signIn } = await open({ events: 200 });
  await signIn();
  await page.locator('a[data-sequence="200"]').waitFor();
  const [head, line] = await page.evaluate<[number, number][]>(EDGES);
  expect(line).toEqual(head);
  expect(head?.[1]).toBe(
    await page.evaluate('document.querySelector("[role=table]").parentElement.clientWidth'),
  );
  await page.locator('a[data-sequence="200"]').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  const top = await page.locator('[role=row]:has(a[data-sequence="200"])').boundingBox();
  const heads = await page.getByRole('columnheader').first().boundingBox();
  expect(top?.y).toBeGreaterThanOrEqual((heads?.y ?? Infinity) + (heads?.height ?? 0));
});

test.each(['light', 'dark'] as const)('what deletes for good is red in the %s theme', async (colorScheme) => {
  const { page, signIn } = await open({ path: '/subscriptions', colorScheme });
  await signIn();
  await page
    .getByRole('button', { name: /^Delete/ })
    .first()
    .waitFor();
  expect(await page.evaluate<string>(`(${COLOUR})('td button[aria-label^=Delete]', 'color')`)).toSatisfy(
    isRed,
  );
  await page
    .getByRole('button', { name: /^Delete/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Keep it' }).waitFor();
  const confirm = `(${COLOUR})('[role=alertdialog] button:last-child', 'backgroundColor')`;
  expect(await page.evaluate<string>(confirm)).toSatisfy(isRed);
});

function isRed(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = colour.match(/\d+/g)?.map(Number) ?? [];
  return red > 1.5 * green && red > 1.5 * blue;
}

/** In the page: what can be scrolled sideways, and what can be pressed or read but lies outside. */
const WIDER = `[...document.querySelectorAll('body, body *')]
  .filter((each) => /auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth + 1
    || each.matches('button, input, h1, h2, td, nav a') && each.getBoundingClientRect().right > 401)
  .map((each) => each.outerHTML.slice(0, 160))`;

/** In the page: how far the header has moved, and how much of the document does not fit the window. */
const SCROLLED = `({
  header: document.querySelector('header').getBoundingClientRect().top,
  beyond: document.documentElement.scrollHeight - innerHeight,
  window: scrollY,
})`;
const AT_THE_TOP = { header: 0, beyond: 0, window: 0 };

/** In the page: the left and right edges of the head and of the first line. */
const EDGES = `[...document.querySelectorAll('[role=table] [role=row]')].slice(0, 2)
  .map((row) => row.getBoundingClientRect()).map(({ left, right }) => [left, right])`;

/** In the page: one of the colours of an element. */
const COLOUR = `(selector, which) => getComputedStyle(document.querySelector(selector))[which]`;
