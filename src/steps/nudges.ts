import type { Work } from '../ports/queue.ts';

/*
 * Hints inside one process. While a runner of some work is going on here, whoever has more of that work need not ask the queue for a
 * further run: the runner is told, and looks again before it ends. A runner also lingers for a moment when it has found nothing, which
 * under load saves the whole round through the queue for each post.
 *
 * Measured at 200 posts a second, everything in one process: with a round through Redis for each post 50 ms at the median from the post
 * to the client; see docs/benchmarks.md for what it is now.
 */

/** How long a runner that found nothing waits for more. */
export const LINGER_MS = 25;

interface Runner {
  nudged: boolean;
  wake: (() => void) | null;
}

/** What a runner of some work holds while it runs. */
export interface Lingering {
  /** Waits a moment for more work. False: there was none, and the runner has to end. */
  more(signal: AbortSignal): Promise<boolean>;
  /** The runner ends. True: it was told of more work meanwhile, so the work needs a further run. */
  end(): boolean;
}

export class Nudges {
  readonly #runners = new Map<string, Runner>();
  readonly #lingerMs: number;

  constructor(lingerMs = LINGER_MS) {
    this.#lingerMs = lingerMs;
  }

  /** True when a runner in this process has been told, so that nobody else has to be. */
  nudge(work: Work): boolean {
    const runner = this.#runners.get(nameOf(work));
    if (runner === undefined) return false;
    runner.nudged = true;
    runner.wake?.();
    return true;
  }

  begin(work: Work): Lingering {
    const name = nameOf(work);
    const runner: Runner = { nudged: false, wake: null };
    this.#runners.set(name, runner);
    return {
      more: async (signal) => {
        if (!runner.nudged && !signal.aborted) await this.#linger(runner, signal);
        if (signal.aborted) return false;
        const { nudged } = runner;
        runner.nudged = false;
        return nudged;
      },
      end: () => {
        if (this.#runners.get(name) === runner) this.#runners.delete(name);
        return runner.nudged;
      },
    };
  }

  #linger(runner: Runner, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        runner.wake = null;
        resolve();
      };
      const timer = setTimeout(wake, this.#lingerMs);
      signal.addEventListener('abort', wake);
      runner.wake = wake;
    });
  }
}

function nameOf({ queue, id }: Work): string {
  return `${queue}/${id}`;
}
