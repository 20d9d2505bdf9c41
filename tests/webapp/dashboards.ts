import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { buildWebapp } from './build-webapp.ts';
import { openDashboard, type Dashboard, type Opening } from './open-dashboard.ts';

/**
 * For a file of tests: the dashboard as it is now, built once, in one browser. What a test opens is closed after it, which throws
 * when the page complained.
 * @returns what opens a page on a hub of its own
 */
export function dashboards(): (opening?: Opening) => Promise<Dashboard> {
  let webapp: Awaited<ReturnType<typeof buildWebapp>>;
  let browser: Browser;
  const opened: Dashboard[] = [];
  beforeAll(async () => {
    [webapp, browser] = await Promise.all([buildWebapp(), launchChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await webapp.remove();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
  });
  return async (opening) => {
    const dashboard = await openDashboard(browser, webapp.dir, opening);
    opened.push(dashboard);
    return dashboard;
  };
}
