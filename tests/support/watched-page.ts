import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export interface WatchedPage {
  page: Page;
  context: BrowserContext;
  /** Throws when the page complained: of an exception, or of what its content security policy refused. */
  close: () => Promise<void>;
}

/** An empty page in a window of its own, where nothing moves. */
export async function watchedPage(
  browser: Browser,
  options: BrowserContextOptions,
  patienceMs: number,
): Promise<WatchedPage> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  return {
    page,
    context,
    async close() {
      await context.close();
      if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
    },
  };
}
