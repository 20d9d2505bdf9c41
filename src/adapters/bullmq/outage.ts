import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';

/*
 * Whether the queue can be reached, for all who use it:
 *
 *   reachable ──a failure──▶ out (logged once; asked again every half second) ──an answer──▶ reachable (logged, listeners called)
 *
 * While it is out, producers fail without asking: the receiver's process must not collect calls that wait.
 */

const ASK_AGAIN_MS = 500;
/** A fault that repeats is written down once in so long. */
const REPEAT_MS = 60_000;

export interface Outage {
  /** What the outage began with; null while the queue is reachable. */
  cause: () => unknown;
  /** A hint was lost or the connection broke: that is an outage, however short. */
  begin: (error: unknown) => void;
  /** Something reported an error: asks whether the queue is away, and otherwise only writes it down. */
  suspect: (error: unknown) => void;
  /** The connection says it is there: asks at once. */
  check: () => void;
  onBack: (listener: () => void) => void;
  stop: () => void;
}

/** @param ask rejects, in bounded time, while the queue cannot be reached */
export function watchOutages({ log, ask }: { log: Log; ask: () => Promise<void> }): Outage {
  const listeners: (() => void)[] = [];
  let out: { error: unknown; since: number } | null = null;
  let timer: NodeJS.Timeout | undefined;
  let asking = false;
  let stopped = false;
  let written = { fault: '', at: 0 };

  const begin = (error: unknown): void => {
    if (out !== null || stopped) return;
    out = { error, since: performance.now() };
    log.warn({ error: messageOf(error) }, 'queue.unreachable');
    check();
  };

  const check = (): void => {
    if (out === null || asking || stopped) return;
    asking = true;
    clearTimeout(timer);
    void look();
  };

  const look = async (): Promise<void> => {
    const isReachable = await reachable();
    asking = false;
    if (isReachable) back();
    else timer = setTimeout(check, ASK_AGAIN_MS).unref();
  };

  const reachable = (): Promise<boolean> =>
    ask().then(
      () => true,
      () => false,
    );

  const back = (): void => {
    if (out === null || stopped) return;
    log.info({ outMs: Math.round(performance.now() - out.since) }, 'queue.back');
    out = null;
    for (const listener of listeners) listener();
  };

  const judge = async (error: unknown): Promise<void> => {
    if (await reachable()) write(error);
    else begin(error);
  };

  const write = (error: unknown): void => {
    // Numbers differ in what is otherwise the same fault (job ids, ports).
    const fault = messageOf(error).replaceAll(/\d+/g, '#');
    if (stopped || (fault === written.fault && performance.now() - written.at < REPEAT_MS)) return;
    written = { fault, at: performance.now() };
    log.warn({ error: messageOf(error) }, 'queue.fault');
  };

  return {
    cause: () => out?.error ?? null,
    begin,
    suspect: (error) => {
      if (out === null && !stopped) void judge(error);
    },
    check,
    onBack: (listener) => {
      listeners.push(listener);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
