import { messageOf } from '../core/errors.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Log } from '../ports/log.ts';

/** How long an event appended by another process may wait before a stream sees it. */
const POLL_MS = 200;
/** While the database is away. */
const POLL_AFTER_FAILURE_MS = 1_000;

export interface LogTailDeps {
  store: Pick<EventLog, 'logHead'>;
  log: Log;
  pollMs?: number;
}

interface Waiter {
  position: number;
  wake: (moved: boolean) => void;
}

/**
 * The one place where streams wait for the log to grow, however many they are: it asks for the log's head a few times a second
 * while somebody waits, and not at all otherwise. `nudge` asks at once, as after an append of this process.
 */
export class LogTail {
  readonly #deps: LogTailDeps;
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | null = null;
  #asking = false;
  #askAgain = false;
  #failing = false;
  #stopped = false;

  constructor(deps: LogTailDeps) {
    this.#deps = deps;
  }

  /** True as soon as there is something after `position`; false after `timeoutMs`, or when the signal fires. */
  beyond(position: number, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted || this.#stopped) return Promise.resolve(false);
    return new Promise((resolve) => {
      const wake = (moved: boolean): void => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        resolve(moved);
      };
      const giveUp = (): void => wake(false);
      const waiter: Waiter = { position, wake };
      const timer = setTimeout(giveUp, timeoutMs);
      signal.addEventListener('abort', giveUp);
      this.#waiters.add(waiter);
      this.#schedule();
    });
  }

  /** The end of the process: nobody waits any more, and the store is not asked again. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer ?? undefined);
    for (const waiter of this.#waiters) waiter.wake(false);
  }

  nudge(): void {
    if (this.#waiters.size > 0) void this.#ask();
  }

  #schedule(): void {
    const everyMs = this.#failing ? POLL_AFTER_FAILURE_MS : (this.#deps.pollMs ?? POLL_MS);
    this.#timer ??= setTimeout(() => void this.#ask(), everyMs);
  }

  async #ask(): Promise<void> {
    this.#askAgain = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    try {
      const head = await this.#deps.store.logHead();
      this.#failing = false;
      for (const waiter of this.#waiters) if (waiter.position < head) waiter.wake(true);
    } catch (error) {
      if (!this.#failing && !this.#stopped)
        this.#deps.log.warn({ reason: messageOf(error) }, 'log_tail.unavailable');
      this.#failing = true;
    }
    this.#asking = false;
    if (this.#waiters.size === 0 || this.#stopped) return;
    if (this.#askAgain) void this.#ask();
    else this.#schedule();
  }
}
