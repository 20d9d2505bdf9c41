import type { Browser, Locator, Page } from 'playwright-core';
import { watchedPage } from '../support/watched-page.ts';
import { API_KEY } from './stand-in-app.ts';
import { startStandInHub, type StandInHub } from './stand-in-hub.ts';

export interface Dashboard {
  hub: StandInHub;
  page: Page;
  setOffline: (offline: boolean) => Promise<void>;
  signIn: () => Promise<void>;
  /** Throws when the page complained: of an exception, or of what the content security policy refused. */
  close(): Promise<void>;
}

export interface Opening {
  events?: number;
  path?: string;
  width?: number;
  colorScheme?: 'light' | 'dark';
  prepare?: (hub: StandInHub) => void;
}

/** A hub of its own and a page on it, nobody signed in yet. */
export async function openDashboard(
  browser: Browser,
  dir: string,
  { events = 0, path = '/', width = 1280, colorScheme = 'light', prepare }: Opening = {},
): Promise<Dashboard> {
  const hub = await startStandInHub(events, dir);
  prepare?.(hub);
  const { page, context, close } = await watchedPage(
    browser,
    { viewport: { width, height: 800 }, colorScheme },
    10_000,
  );
  await page.goto(hub.url + path);
  return {
    hub,
    page,
    setOffline: (offline) => context.setOffline(offline),
    async signIn() {
      await page.getByLabel('API key').fill(API_KEY);
      await page.keyboard.press('Enter');
      await page.getByRole('navigation').waitFor();
    },
    async close() {
      try {
        await close();
      } finally {
        await hub.close();
      }
    },
  };
}

/** Waits until the header says so. */
export async function connection(page: Page, word: string, timeout = 30_000): Promise<void> {
  await page.getByRole('banner').getByText(word, { exact: true }).waitFor({ timeout });
}

/** Of a button that can be in focus though it does nothing just now. */
export async function isDisabled(button: Locator): Promise<boolean> {
  return (await button.getAttribute('aria-disabled')) === 'true';
}

/**
 * The sequences of the whole list, from the top down, as somebody sees who scrolls through it. A line drawn twice is there
 * twice, unless both times at the same place.
 */
export async function allSequences(page: Page): Promise<number[]> {
  const lines = await page.evaluate<[number, number][]>(COLLECT);
  return lines.sort(([a], [b]) => a - b).map(([, sequence]) => sequence);
}

/** In the page: scrolls by half a window at a time and notes each line's index and sequence. */
const COLLECT = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const list = document.querySelector('[role=table]').parentElement;
  const lines = new Map();
  list.scrollTop = 0;
  for (let top = -1; top !== list.scrollTop; ) {
    await frame();
    for (const link of list.querySelectorAll('a[data-sequence]')) {
      const index = Number(link.closest('[role=row]').getAttribute('aria-rowindex'));
      lines.set(index + ':' + link.dataset.sequence, [index, Number(link.dataset.sequence)]);
    }
    top = list.scrollTop;
    list.scrollTop += list.clientHeight / 2;
  }
  return [...lines.values()];
})()`;
