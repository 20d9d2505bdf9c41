import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { PEOPLE } from '../../src/local/graph-simulator/people.ts';
import {
  startWebPubSubServer,
  type WebPubSubServer,
} from '../../src/local/web-pubsub-server/start-web-pubsub-server.ts';
import { launchChromium } from '../support/chromium.ts';
import { silentLog } from '../support/logs.ts';
import { until } from '../support/until.ts';
import { allSequences, connection } from '../webapp/open-dashboard.ts';
import { eventOf, startOfficeHub, type OfficeHub } from './office-hub.ts';
import { ensureDashboard, openPage, type OpenPage } from './open-page.ts';

/*
 * A laptop that slept, a network that went: the page is away for a while, and shows every event once afterwards. The Web PubSub server is
 * the test's own, so that sockets can be cut.
 */

/** Short, so that a connection is soon one that cannot come back. */
const RECOVERY_WINDOW_MS = 5_000;
const TOBIAS = PEOPLE[1]?.id ?? '';

let browser: Browser;
let webPubSub: WebPubSubServer;
let hub: OfficeHub;
beforeAll(async () => {
  await ensureDashboard();
  browser = await launchChromium();
  webPubSub = await startWebPubSubServer({
    accessKey: 'the-key-of-the-tests-server',
    log: silentLog,
    recoveryWindowMs: RECOVERY_WINDOW_MS,
  });
  hub = await startOfficeHub({ WEB_PUBSUB_CONNECTION_STRING: webPubSub.connectionString });
});
afterAll(async () => {
  await hub.dispose();
  await webPubSub.close();
  await browser.close();
});

async function mails(count: number): Promise<number> {
  let last = 0;
  for (let number = 1; number <= count; number++) {
    const change = await hub.office.change({ kind: 'mail', user: TOBIAS });
    last = Number((await eventOf(hub, change)).sequence);
  }
  return last;
}

async function shows(opened: OpenPage, sequence: number): Promise<void> {
  await opened.page.locator(`a[data-sequence="${sequence}"]`).waitFor({ timeout: 45_000 });
}

test('a page whose socket is cut, and that is offline for a while, shows every event exactly once', async () => {
  const opened = await openPage(browser, hub.signInLink());
  onTestFinished(() => opened.close());
  await connection(opened.page, 'Live');
  await shows(opened, await mails(3));

  expect(webPubSub.dropSockets()).toBe(1);
  await shows(opened, await mails(3));
  expect(await opened.page.getByRole('banner').innerText()).toContain('Live');

  await opened.setOffline(true);
  webPubSub.dropSockets();
  await mails(5);
  await connection(opened.page, 'Offline', 6_000);
  // So long that nobody is there to be sent to, and what was sent cannot be recovered: it has to be read.
  await until(() => webPubSub.stats().recovering === 0);
  await mails(3);
  await opened.setOffline(false);
  const last = await mails(2);
  await shows(opened, last);
  await connection(opened.page, 'Live');
  await until(() => webPubSub.stats().connected === 1);
  expect(await allSequences(opened.page)).toEqual(Array.from({ length: last }, (_, index) => last - index));
}, 90_000);
