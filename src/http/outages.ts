import type { ErrorCode } from '../core/errors.ts';
import { within } from '../core/within.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Queue } from '../ports/queue.ts';
import type { RealtimeChannel } from '../ports/realtime-channel.ts';
import type { Store } from '../ports/store.ts';

/*
 * What is said of requests refused with 503 while something they need is away. Graph and the pages ask on, a hundred times a second
 * and more, and a line for each would bury everything else: the first is said at once, then how many there were in each ten
 * seconds, and at last that it is over. It is over when nothing was refused for that long and what was away answers again: where
 * nobody asks, silence alone says nothing.
 */

export interface OutagesDeps {
  store: Pick<Store, 'ping'>;
  queue: Pick<Queue, 'ping'>;
  realtime: Pick<RealtimeChannel, 'ping'>;
  log: Log;
  clock: Clock;
}

/** Of the request that is told of: ids, and the reason in one line. */
export type RefusedRequest = Readonly<Record<string, unknown>>;

interface Outage {
  since: number;
  /** When the latest was refused, or a ping last failed. */
  until: number;
  total: number;
  /** Refused since the last line. */
  untold: number;
  latest: RefusedRequest;
}

const EVERY_MS = 10_000;
const ANSWERS_WITHIN_MS = 2_000;

export class Outages {
  readonly #deps: OutagesDeps;
  readonly #outages = new Map<ErrorCode, Outage>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: OutagesDeps) {
    this.#deps = deps;
  }

  refused(code: ErrorCode, request: RefusedRequest): void {
    const now = this.#deps.clock.now();
    const outage = this.#outages.get(code);
    if (outage !== undefined) {
      outage.until = now;
      outage.total++;
      outage.untold++;
      outage.latest = request;
      return;
    }
    this.#outages.set(code, { since: now, until: now, total: 1, untold: 0, latest: request });
    this.#deps.log.warn({ ...request, code, refused: 1 }, 'http.unavailable');
    this.#timer ??= setInterval(() => void this.tell(), EVERY_MS).unref();
  }

  /** Says of each outage what came since the last time, or that it is over. Every ten seconds by itself. */
  async tell(): Promise<void> {
    await Promise.all([...this.#outages].map(([code, outage]) => this.#tellOf(code, outage)));
    if (this.#outages.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #tellOf(code: ErrorCode, outage: Outage): Promise<void> {
    const { log, clock } = this.#deps;
    if (outage.untold > 0) {
      log.warn({ ...outage.latest, code, refused: outage.untold }, 'http.unavailable');
      outage.untold = 0;
      return;
    }
    const isBack = await within(ANSWERS_WITHIN_MS, this.#ask(code)).then(
      () => true,
      () => false,
    );
    if (!isBack) outage.until = clock.now();
    if (!isBack || outage.untold > 0 || !this.#outages.delete(code)) return;
    log.info({ code, refused: outage.total, lastedMs: outage.until - outage.since }, 'http.available');
  }

  async #ask(code: ErrorCode): Promise<void> {
    const { store, queue, realtime } = this.#deps;
    if (code === 'store_unavailable' || code === 'not_committed') await store.ping();
    else if (code === 'queue_unavailable') await queue.ping();
    else if (code === 'realtime_unavailable') await realtime.ping();
  }
}
