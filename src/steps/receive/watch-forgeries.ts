import { messageOf } from '../../core/errors.ts';
import { wrongSecret } from '../../core/remedy.ts';
import type { Counters } from '../../ports/counters.ts';
import type { Log } from '../../ports/log.ts';
import type { SubscriptionStore, Watch } from '../../ports/subscription-store.ts';
import { DroppedEpisodes, EPISODE_MS } from './dropped-episodes.ts';
import type { RecordGapDeps } from '../record-gap.ts';

/*
 * What does not prove itself is dropped, because anybody may post. But where it names a subscription that we watch, the likely cause is
 * a lost or wrong SECRETS_KEY, and then everything of Graph's would be dropped in silence. So the keys that were named are looked up: a
 * moment later, many in one query, and only so many that a flood of inventions costs the database next to nothing. What is ours makes
 * the subscription `failing`, and what was dropped is a gap in the log (`dropped-episodes.ts`).
 */

export interface WatchForgeriesDeps extends RecordGapDeps {
  store: RecordGapDeps['store'] & Pick<SubscriptionStore, 'findWatches' | 'markFailing'>;
  log: Log;
  /** Each notification that was noticed is counted as one of the two, as soon as it is known which. */
  counters: Pick<Counters, 'forged' | 'wrongSecret'>;
}

/** What a clientState that did not prove itself claims: the subscription's key, and the short name of the secret it was made with. */
export interface Forgery {
  key: string;
  version: string;
}

/** What waits for a look-up. Times are RFC 3339. */
interface Waiting {
  version: string;
  items: number;
  from: string;
  to: string;
}

/** What the last look-up of a key found, null where nothing is watched. Times in ms of the clock. */
interface Known {
  watch: Watch | null;
  until: number;
  lookAgainAt: number;
  alarmAt: number;
}

const GATHER_MS = 1_000;
/** After a look-up that the database did not answer. */
const AGAIN_MS = 10_000;
const WINDOW_MS = 10_000;
const KEYS_PER_WINDOW = 50;
/** Of them for what is known already, so that many busy subscriptions do not keep the quiet ones from ever being looked up. */
const KNOWN_PER_WINDOW = 25;
/** While the database does not answer no more than these are kept. */
const MAX_WAITING = 500;
/**
 * How long what a look-up found is believed. The alarm is given, and the subscription marked, once in that time: whoever proves itself
 * ends the mark with a gap in the log, and so often may somebody who only knows the key bring one about.
 */
const QUIET_MS = EPISODE_MS;
/** What is ours is looked up again sooner: it may be paused or deleted by then. */
const LOOK_AGAIN_MS = 30_000;

export class ForgeryWatch {
  readonly #deps: WatchForgeriesDeps;
  readonly #episodes: DroppedEpisodes;
  /** By key: what waits for the next look-up. */
  readonly #waiting = new Map<string, Waiting>();
  /** No more than five minutes' look-ups are kept. */
  readonly #known = new Map<string, Known>();
  #windowEndsAt = 0;
  #inWindow = 0;
  #knownInWindow = 0;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> = Promise.resolve();

  constructor(deps: WatchForgeriesDeps, episodes = new DroppedEpisodes(deps)) {
    this.#deps = deps;
    this.#episodes = episodes;
  }

  /** Takes note and returns at once. Beyond its bounds a forgery is only counted: one that goes on comes again. */
  noticed(forgeries: readonly Forgery[], receivedAt: string): void {
    for (const forgery of forgeries) this.#notice(forgery, receivedAt);
    this.#lookUpIn(GATHER_MS);
  }

  #notice({ key, version }: Forgery, at: string): void {
    const now = this.#deps.clock.now();
    const known = this.#known.get(key);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.items++;
      waiting.to = at;
    } else if ((known === undefined || known.lookAgainAt <= now) && this.#admits(now, known))
      this.#waiting.set(key, { version, items: 1, from: at, to: at });
    else
      this.#count(known !== undefined && known.until > now ? known.watch : null, {
        items: 1,
        from: at,
        to: at,
      });
  }

  #count(watch: Watch | null, { items, from, to }: Omit<Waiting, 'version'>): void {
    const { counters } = this.#deps;
    if (watch === null) return counters.forged(items);
    counters.wrongSecret(items);
    this.#episodes.dropped(watch, from, to);
  }

  #admits(now: number, known: Known | undefined): boolean {
    if (now >= this.#windowEndsAt) {
      this.#windowEndsAt = now + WINDOW_MS;
      this.#inWindow = 0;
      this.#knownInWindow = 0;
    }
    const isKnown = known !== undefined && known.until > now;
    const isFull = this.#inWindow >= KEYS_PER_WINDOW || (isKnown && this.#knownInWindow >= KNOWN_PER_WINDOW);
    if (isFull || this.#waiting.size >= MAX_WAITING) return false;
    this.#inWindow++;
    if (isKnown) this.#knownInWindow++;
    return true;
  }

  #lookUpIn(ms: number): void {
    if (this.#waiting.size === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#underWay = this.#underWay.then(() => this.lookUp());
    }, ms);
    this.#timer.unref();
  }

  /** Looks up what was noticed and gives the alarm for what is ours. Called by itself a moment after; never rejects. */
  async lookUp(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = new Map(this.#waiting);
    this.#waiting.clear();
    if (waiting.size === 0) return;
    try {
      const watches = await this.#deps.store.findWatches([...waiting.keys()]);
      this.#learn(watches, [...waiting.keys()]);
    } catch (error) {
      this.#deps.log.warn({ keys: waiting.size, reason: messageOf(error) }, 'client_state.not_looked_up');
      this.#keep(waiting);
      return;
    }
    for (const [key, what] of waiting) await this.#tell(key, what);
  }

  /** One that is paused or being deleted shall not be told of: what still comes for it is nothing that is missed. */
  #learn(watches: readonly Watch[], keys: readonly string[]): void {
    const now = this.#deps.clock.now();
    const wanted = new Map(
      watches
        .filter(({ status }) => status !== 'deleting' && status !== 'paused')
        .map((each) => [each.key, each]),
    );
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
    for (const key of keys) {
      const watch = wanted.get(key) ?? null;
      const lookAgainAt = now + (watch === null ? QUIET_MS : LOOK_AGAIN_MS);
      const alarmAt = this.#known.get(key)?.alarmAt ?? now;
      this.#known.set(key, { watch, until: now + QUIET_MS, lookAgainAt, alarmAt });
    }
  }

  /** For the next look-up, with what came meanwhile. */
  #keep(waiting: ReadonlyMap<string, Waiting>): void {
    for (const [key, what] of waiting) {
      const since = this.#waiting.get(key);
      this.#waiting.set(key, { ...what, items: what.items + (since?.items ?? 0), to: since?.to ?? what.to });
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lookUpIn(AGAIN_MS);
  }

  async #tell(key: string, { version, ...what }: Waiting): Promise<void> {
    const { store, log, clock } = this.#deps;
    const known = this.#known.get(key);
    this.#count(known?.watch ?? null, what);
    if (known === undefined || known.watch === null) return;
    if (known.alarmAt > clock.now()) return;
    known.alarmAt = clock.now() + QUIET_MS;
    log.error({ key, version }, 'client_state.wrong_secret');
    try {
      await store.markFailing(key, { ...wrongSecret(version), since: what.from });
    } catch (error) {
      log.warn({ keys: 1, reason: messageOf(error) }, 'client_state.not_looked_up');
      this.#known.delete(key);
    }
  }

  /** To be called when nothing is received any more: looks up what waits, and records what was dropped. Never rejects. */
  async close(): Promise<void> {
    await this.#underWay;
    await this.lookUp();
    clearTimeout(this.#timer);
    await this.#episodes.close();
  }
}
