import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { watchedPage } from '../support/watched-page.ts';

export interface OpenPage {
  page: Page;
  /** When each line came to be seen, by its sequence; milliseconds since 1970. */
  seenAt(): Promise<Map<number, number>>;
  setOffline(offline: boolean): Promise<void>;
  /** Throws when the page complained of an exception or of what its content security policy refused. */
  close(): Promise<void>;
}

/** Builds the dashboard that a hub serves, where an installation has not done so. */
export async function ensureDashboard(): Promise<void> {
  if (existsSync('webapp/dist/index.html')) return;
  const vite = resolve('node_modules/vite/bin/vite.js');
  // The test runner's NODE_ENV would make it a development build.
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [vite, 'build', 'webapp', '--logLevel', 'error'], { env });
}

/** In the page, before anything else: notes the time at which each event is in the document. */
const NOTE_LINES = `
  window.seenAt = new Map();
  new MutationObserver(() => {
    for (const link of document.querySelectorAll('a[data-sequence]'))
      if (!window.seenAt.has(link.dataset.sequence)) window.seenAt.set(link.dataset.sequence, Date.now());
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-sequence'] });`;

/** Opens the dashboard by the banner's link, which signs in. */
export async function openPage(browser: Browser, signInLink: string): Promise<OpenPage> {
  const { page, context, close } = await watchedPage(
    browser,
    { viewport: { width: 1280, height: 800 } },
    15_000,
  );
  await page.addInitScript(NOTE_LINES);
  await page.goto(signInLink);
  await page.getByRole('navigation').waitFor();
  return {
    page,
    seenAt: async () => {
      const seen = await page.evaluate<[string, number][]>('[...window.seenAt]');
      return new Map(seen.map(([sequence, at]) => [Number(sequence), at]));
    },
    setOffline: (offline) => context.setOffline(offline),
    close,
  };
}
