import { messageOf } from '../core/errors.ts';
import type { SubscriptionReason } from '../core/subscription.ts';
import type { Clock } from '../ports/clock.ts';
import type { Counters } from '../ports/counters.ts';
import type { Log } from '../ports/log.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';

/*
 * What does not prove itself is dropped, because anybody may post. But where it names a subscription that exists, the likely cause is a
 * lost or wrong SECRETS_KEY, and then everything of Graph's would be dropped in silence. So the keys that were named are looked up: a
 * moment later, many in one query, and only so many that a flood of inventions costs the database next to nothing.
 */

export interface WatchForgeriesDeps {
  store: Pick<SubscriptionStore, 'findWatches' | 'markFailing'>;
  clock: Clock;
  log: Log;
  counters: Pick<Counters, 'wrongSecret'>;
}

/** What a clientState that did not prove itself claims: the subscription's key, and the short name of the secret it was made with. */
export interface Forgery {
  key: string;
  version: string;
}

/** The code of the reason. It ends with the first notification that proves itself. */
export const WRONG_SECRET = 'wrong_secret';

const GATHER_MS = 1_000;
const WINDOW_MS = 10_000;
const KEYS_PER_WINDOW = 50;
/** How long a key that was looked up is not looked up again; an alarm is given once in that time. */
const QUIET_MS = 60_000;

export class ForgeryWatch {
  readonly #deps: WatchForgeriesDeps;
  /** By key: what waits for the next look-up. */
  readonly #waiting = new Map<string, { version: string; items: number }>();
  /** By key: what the last look-up found. No more than a minute's look-ups are kept. */
  readonly #known = new Map<string, { exists: boolean; until: number }>();
  #windowEndsAt = 0;
  #inWindow = 0;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> = Promise.resolve();

  constructor(deps: WatchForgeriesDeps) {
    this.#deps = deps;
  }

  /** Takes note and returns at once. Beyond its bounds a forgery is passed over: one that goes on comes again. */
  noticed(forgeries: readonly Forgery[]): void {
    for (const forgery of forgeries) this.#notice(forgery);
    if (this.#waiting.size === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#underWay = this.lookUp();
    }, GATHER_MS);
    this.#timer.unref();
  }

  #notice({ key, version }: Forgery): void {
    const now = this.#deps.clock.now();
    const known = this.#known.get(key);
    if (known !== undefined && known.until > now) {
      if (known.exists) this.#deps.counters.wrongSecret(1);
      return;
    }
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) waiting.items++;
    else if (this.#admits(now)) this.#waiting.set(key, { version, items: 1 });
  }

  #admits(now: number): boolean {
    if (now >= this.#windowEndsAt) {
      this.#windowEndsAt = now + WINDOW_MS;
      this.#inWindow = 0;
    }
    return this.#inWindow++ < KEYS_PER_WINDOW;
  }

  /** Looks up what was noticed and gives the alarm for what exists. Called by itself a moment after; never rejects. */
  async lookUp(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = new Map(this.#waiting);
    this.#waiting.clear();
    if (waiting.size === 0) return;
    const { store, clock, log } = this.#deps;
    try {
      const watches = await store.findWatches([...waiting.keys()]);
      const existing = new Set(watches.filter(({ status }) => status !== 'deleting').map(({ key }) => key));
      const now = clock.now();
      for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
      for (const [key, { version, items }] of waiting) {
        const exists = existing.has(key);
        this.#known.set(key, { exists, until: now + QUIET_MS });
        if (exists) await this.#alarm(key, version, items);
      }
    } catch (error) {
      log.warn({ keys: waiting.size, reason: messageOf(error) }, 'client_state.not_looked_up');
    }
  }

  async #alarm(key: string, version: string, items: number): Promise<void> {
    const { store, clock, log, counters } = this.#deps;
    log.error({ key, version }, 'client_state.wrong_secret');
    counters.wrongSecret(items);
    await store.markFailing(key, wrongSecret(version, clock.now()));
  }

  /** Looks nothing up any more; resolves when a look-up under way has ended. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#underWay;
  }
}

function wrongSecret(version: string, nowMs: number): SubscriptionReason {
  return {
    code: WRONG_SECRET,
    message: `Notifications for this subscription are dropped: SECRETS_KEY does not prove their clientState, which names the key ${version}.`,
    remedy:
      'If SECRETS_KEY was changed, put the old key back behind the new one (new,old) and restart. If the old key is lost, delete the subscription and create it again. If neither, somebody forges notifications; nothing of theirs is stored.',
    since: new Date(nowMs).toISOString(),
  };
}
