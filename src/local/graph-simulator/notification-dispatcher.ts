import { backoffMs } from '../../core/backoff.ts';
import { messageOf } from '../../core/errors.ts';
import type { NotificationItem } from '../../core/notification.ts';
import type { Log } from '../../ports/log.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatorTiming } from './simulator-timing.ts';

/*
 * Takes notifications to their URLs as Graph does.
 *
 *   send ──(collected per URL for a moment)──▶ post ──2xx──▶ delivered
 *                                               │
 *                                               └ refused, too late, unreachable ──back-off──▶ post again … after hours: lost
 *
 * A post that has to be tried again stays the post it was; what comes meanwhile goes in posts of its own and overtakes it.
 */

/** Graph's posts stay small; more than this waits for the next post. */
const MAX_ITEMS = 50;
/** Posts under way at once, over all URLs. */
const MAX_IN_FLIGHT = 32;
const REMEMBERED = 200;

export interface DispatchCounts {
  posts: number;
  delivered: number;
  failed: number;
  lost: number;
  /** Notifications that wait to be collected, posted or tried again. */
  pending: number;
}

/** One post as it went. `status` is null when no answer came in time. */
export interface PostRecord {
  url: string;
  items: number;
  attempt: number;
  status: number | null;
  tookMs: number;
  at: string;
}

export interface NotificationDispatcher {
  /** @param delayMs how long to hold it back before it is collected */
  send(url: string, item: NotificationItem, delayMs?: number): void;
  /** Resolves when nothing is pending, retries included. */
  settled(): Promise<void>;
  counts(): DispatchCounts;
  /** The last posts, oldest first. */
  recent(): PostRecord[];
  /** Forgets what is pending and waits for the posts under way to end. */
  close(): Promise<void>;
}

interface Post {
  url: string;
  items: NotificationItem[];
  attempt: number;
  firstAtMs: number;
}

export function notificationDispatcher(
  deps: { log: Log; random: SeededRandom; onLost: (items: readonly NotificationItem[]) => void },
  timing: SimulatorTiming,
): NotificationDispatcher {
  const { log, random, onLost } = deps;
  const collecting = new Map<string, NotificationItem[]>();
  const timers = new Set<NodeJS.Timeout>();
  const ready: Post[] = [];
  const inFlight = new Set<Promise<void>>();
  const closing = new AbortController();
  const counts: DispatchCounts = { posts: 0, delivered: 0, failed: 0, lost: 0, pending: 0 };
  const records: PostRecord[] = [];
  let waiters: (() => void)[] = [];

  function after(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, delayMs);
    timers.add(timer);
  }

  function collect(url: string, item: NotificationItem): void {
    const items = collecting.get(url);
    if (items !== undefined) {
      items.push(item);
      return;
    }
    collecting.set(url, [item]);
    after(timing.collectMs, () => {
      const collected = collecting.get(url) ?? [];
      collecting.delete(url);
      for (let at = 0; at < collected.length; at += MAX_ITEMS)
        ready.push({ url, items: collected.slice(at, at + MAX_ITEMS), attempt: 1, firstAtMs: Date.now() });
      startPosts();
    });
  }

  function startPosts(): void {
    while (inFlight.size < MAX_IN_FLIGHT && !closing.signal.aborted) {
      const post = ready.shift();
      if (post === undefined) return;
      const posting = attempt(post).finally(() => {
        inFlight.delete(posting);
        startPosts();
      });
      inFlight.add(posting);
    }
  }

  async function attempt(post: Post): Promise<void> {
    const startedMs = Date.now();
    const status = await postOnce(post);
    if (closing.signal.aborted) return;
    const at = new Date(startedMs).toISOString();
    const record = {
      url: post.url,
      items: post.items.length,
      attempt: post.attempt,
      status,
      tookMs: Date.now() - startedMs,
      at,
    };
    records.push(record);
    if (records.length > REMEMBERED) records.shift();
    counts.posts += 1;
    if (status !== null && status >= 200 && status < 300) {
      counts.delivered += post.items.length;
      settle(post.items.length);
      return;
    }
    counts.failed += 1;
    log.debug(record, 'simulator.post_failed');
    retryLater(post);
  }

  /** The status of the answer; null when there was none in time. */
  async function postOnce(post: Post): Promise<number | null> {
    const timeoutMs = post.attempt === 1 ? timing.firstTimeoutMs : timing.retryTimeoutMs;
    try {
      const response = await fetch(post.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ value: post.items }),
        redirect: 'manual',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch (error) {
      log.debug({ url: post.url, error: messageOf(error) }, 'simulator.post_unanswered');
      return null;
    }
  }

  function retryLater(post: Post): void {
    const { retryFirstMs: firstMs, retryMaxMs: maxMs, giveUpAfterMs } = timing;
    const delayMs = backoffMs({ firstMs, maxMs }, post.attempt, random.next());
    if (Date.now() + delayMs - post.firstAtMs > giveUpAfterMs) {
      counts.lost += post.items.length;
      onLost(post.items);
      settle(post.items.length);
      return;
    }
    after(delayMs, () => {
      ready.push({ ...post, attempt: post.attempt + 1 });
      startPosts();
    });
  }

  function settle(items: number): void {
    counts.pending -= items;
    if (counts.pending > 0) return;
    for (const tell of waiters) tell();
    waiters = [];
  }

  return {
    send: (url, item, delayMs = 0) => {
      if (closing.signal.aborted) return;
      counts.pending += 1;
      if (delayMs === 0) collect(url, item);
      else after(delayMs, () => collect(url, item));
    },
    settled: () =>
      counts.pending === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve)),
    counts: () => ({ ...counts }),
    recent: () => [...records],
    close: async () => {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(inFlight);
      settle(counts.pending);
    },
  };
}
