import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { Watch } from '../../ports/subscription-store.ts';
import { recordGaps, type RecordGapDeps } from '../record-gap.ts';

/*
 * What was dropped of a subscription because its clientStates do not prove themselves, as gaps in the log: not one for each
 * notification but one for an episode, which begins with the first that was dropped and is recorded five minutes later, up to the last.
 * What goes on after that is the next episode. So a reader learns of it in good time, and whoever knows a subscription's key and nothing
 * else can add one gap in five minutes, however much they post.
 *
 * An episode lives in the memory of its receiver. One that was killed could not record its last: the whole trouble is recorded once
 * more, when the first notification proves itself again (`note-failing.ts`), from the time that stands in the subscription's reason.
 */

export interface DroppedEpisodesDeps extends RecordGapDeps {
  log: Log;
}

interface Episode {
  watch: Watch;
  from: string;
  to: string;
}

/** From the first that was dropped to the record of it. */
export const EPISODE_MS = 300_000;
const CHECK_MS = 10_000;

export class DroppedEpisodes {
  readonly #deps: DroppedEpisodesDeps;
  readonly #checkMs: number;
  readonly #open = new Map<string, Episode>();
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> = Promise.resolve();

  constructor(deps: DroppedEpisodesDeps, checkMs = CHECK_MS) {
    this.#deps = deps;
    this.#checkMs = checkMs;
  }

  /** These were dropped between the two times, RFC 3339. */
  dropped(watch: Watch, from: string, to: string): void {
    const episode = this.#open.get(watch.key);
    if (episode === undefined) this.#open.set(watch.key, { watch, from, to });
    else if (to > episode.to) episode.to = to;
    this.#checkLater();
  }

  #checkLater(): void {
    if (this.#open.size === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#underWay = this.record();
    }, this.#checkMs);
    this.#timer.unref();
  }

  /** Records the episodes that are over. Those that cannot be recorded are kept for the next time. Never rejects. */
  async record(): Promise<void> {
    const now = this.#deps.clock.now();
    await this.#record([...this.#open.values()].filter(({ from }) => Date.parse(from) + EPISODE_MS <= now));
    this.#checkLater();
  }

  async #record(episodes: readonly Episode[]): Promise<void> {
    if (episodes.length === 0) return;
    for (const { watch } of episodes) this.#open.delete(watch.key);
    try {
      await recordGaps(
        this.#deps,
        episodes.map((episode) => ({ ...episode, cause: 'wrong_secret' })),
      );
    } catch (error) {
      this.#deps.log.warn(
        { subscriptions: episodes.length, reason: messageOf(error) },
        'client_state.gap_not_recorded',
      );
      for (const { watch, from, to } of episodes) {
        const since = this.#open.get(watch.key);
        this.#open.set(watch.key, { watch, from, to: since?.to ?? to });
      }
    }
  }

  /** Records all there is, over or not. Never rejects. */
  async close(): Promise<void> {
    await this.#underWay;
    clearTimeout(this.#timer);
    await this.#record([...this.#open.values()]);
  }
}
